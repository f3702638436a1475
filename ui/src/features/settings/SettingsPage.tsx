import { Page } from "../../components/Page";
import { ShortcutList } from "../../components/ShortcutList";
import { useSession } from "../../lib/session";
import { AccessSettings } from "./AccessSettings";
import { AppearanceSettings } from "./AppearanceSettings";
import { DiagnosticsSettings } from "./DiagnosticsSettings";
import { EnvironmentSettings } from "./EnvironmentSettings";
import { ErrorWordsSettings } from "./ErrorWordsSettings";
import { NotificationSettings } from "./NotificationSettings";
import { Section } from "./Section";
import { StaffSettings } from "./StaffSettings";

export function SettingsPage() {
  const { access } = useSession();
  const manages = access?.permissions.includes("staff.manage") ?? false;
  const explains = access?.permissions.includes("error_words.write") ?? false;
  return (
    <Page title="Settings" scroll>
      <Section title="Environments" words="The systems this window can work on. What you see and change is always of the one named at the top left.">
        <EnvironmentSettings />
      </Section>
      <Section title="Your access" words="What you may do here, and what lets you in.">
        <AccessSettings />
      </Section>
      {manages ? (
        <Section title="Staff" words="Who operates, and what they may do. Every change is in the audit trail, and asks for your password when it was given more than five minutes ago.">
          <StaffSettings />
        </Section>
      ) : null}
      {explains ? (
        <Section title="Words for errors" words="Errors that ended a job for good and that no rule explains. What you write here stands in their verdicts, and is the reply that support copies into a ticket.">
          <ErrorWordsSettings />
        </Section>
      ) : null}
      <Section title="Appearance" words="Kept on this machine, at once.">
        <AppearanceSettings />
      </Section>
      <Section title="Notifications" words="Of this desktop, while the window is open. They name the environment and states, never a customer. On a job or a user in progress, “Tell me when it ends” asks for one.">
        <NotificationSettings />
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
