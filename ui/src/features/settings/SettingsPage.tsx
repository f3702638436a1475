import { Page } from "../../components/Page";
import { ShortcutList } from "../../components/ShortcutList";
import { AppearanceSettings } from "./AppearanceSettings";
import { DiagnosticsSettings } from "./DiagnosticsSettings";
import { EnvironmentSettings } from "./EnvironmentSettings";
import { Section } from "./Section";

export function SettingsPage() {
  return (
    <Page title="Settings" scroll>
      <Section title="Environments" words="The systems this window can work on. What you see and change is always of the one named at the top left.">
        <EnvironmentSettings />
      </Section>
      <Section title="Appearance" words="Kept on this machine, at once.">
        <AppearanceSettings />
      </Section>
      <Section title="Keyboard" words="Everything can be done without a mouse.">
        <ShortcutList />
      </Section>
      <Section title="Diagnostics" words="For a report: versions, states and the last errors, without secrets and without customers’ data.">
        <DiagnosticsSettings />
      </Section>
    </Page>
  );
}
