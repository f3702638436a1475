export type SortOrder = { column: string; direction: "ascending" | "descending" };

/** How an order stands in the URL: `host`, `-host`. */
export function sortText({ column, direction }: SortOrder): string {
  return direction === "descending" ? `-${column}` : column;
}

export function parseSort(text: string | undefined): SortOrder | null {
  if (text === undefined || text === "") return null;
  return text.startsWith("-") ? { column: text.slice(1), direction: "descending" } : { column: text, direction: "ascending" };
}
