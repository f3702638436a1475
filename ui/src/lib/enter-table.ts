/** Moves the focus to the row of this page's table that has it or had it last; `false` where there is none. */
export function enterTable(): boolean {
  const row = document.querySelector<HTMLElement>('#main [role="grid"] [data-id][tabindex="0"]');
  row?.focus();
  return row !== null;
}
