import { MOD } from "./platform";

/** Every key there is, for the help and for Settings. */
export const SHORTCUTS: readonly { group: string; keys: readonly { keys: string; words: string }[] }[] = [
  {
    group: "Anywhere",
    keys: [
      { keys: `${MOD} K`, words: "Find anything" },
      { keys: "/", words: "To the filter or search of this page" },
      { keys: "j ↓", words: "To the table of this page; from a search by the arrow" },
      { keys: "g n", words: "Now" },
      { keys: "g j", words: "Jobs" },
      { keys: "g u", words: "Users" },
      { keys: "g s", words: "Sessions" },
      { keys: "g b", words: "Bulk" },
      { keys: "g w", words: "Workers" },
      { keys: "g a", words: "Audit" },
      { keys: "g ,", words: "Settings" },
      { keys: "?", words: "This help" },
    ],
  },
  {
    group: "In a table",
    keys: [
      { keys: "j k", words: "Down, up; also the arrows" },
      { keys: "Enter", words: "Open" },
      { keys: "Esc", words: "Close the panel, clear the selection" },
      { keys: "x", words: "Select; also Space" },
      { keys: "Shift ↓", words: "Select a range" },
      { keys: `${MOD} A`, words: "Select all" },
      { keys: ".", words: "Show new rows" },
      { keys: "Home End", words: "First, last row" },
      { keys: "Menu", words: "What can be done with the row; also Shift F10" },
    ],
  },
  {
    group: "At a verdict",
    keys: [
      { keys: "f", words: "The fix that it offers: what it leads to; Enter there applies it" },
    ],
  },
  {
    group: "In a dialog",
    keys: [
      { keys: `${MOD} Enter`, words: "Confirm" },
      { keys: "Esc", words: "Cancel" },
    ],
  },
];
