import { Activity, ListChecks, type LucideIcon, MonitorSmartphone, ScrollText, Server, Settings, Users, Workflow } from "lucide-react";

type Place = { to: "/" | "/jobs" | "/users" | "/sessions" | "/bulk" | "/workers" | "/audit" | "/settings"; words: string; icon: LucideIcon; key: string };

/** The left rail, the palette and the keys `g` + … all go by this list. */
export const PLACES: readonly Place[] = [
  { to: "/", words: "Now", icon: Activity, key: "n" },
  { to: "/jobs", words: "Jobs", icon: Workflow, key: "j" },
  { to: "/users", words: "Users", icon: Users, key: "u" },
  { to: "/sessions", words: "Sessions", icon: MonitorSmartphone, key: "s" },
  { to: "/bulk", words: "Bulk", icon: ListChecks, key: "b" },
  { to: "/workers", words: "Workers", icon: Server, key: "w" },
  { to: "/audit", words: "Audit", icon: ScrollText, key: "a" },
  { to: "/settings", words: "Settings", icon: Settings, key: "," },
];
