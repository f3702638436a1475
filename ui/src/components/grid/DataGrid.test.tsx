import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DataGrid } from "./DataGrid";
import type { Column } from "./columns";
import type { DataGridProps } from "./grid-props";

type Row = { id: string; name: string };
const rows = (count: number): Row[] => Array.from({ length: count }, (_, index) => ({ id: `r${index}`, name: `Row ${index}` }));
const COLUMNS: readonly Column<Row>[] = [{ id: "name", header: "Name", width: "1fr", cell: (row) => row.name, compare: (a, b) => a.name.localeCompare(b.name) }];

function Table(props: Partial<DataGridProps<Row>> & { rows: readonly Row[] }) {
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set());
  return (
    <>
      <button type="button">before</button>
      <DataGrid label="Rows" columns={COLUMNS} epoch="" empty={<p>nothing</p>} selection={selection} onSelect={setSelection} {...props} />
      <button type="button">after</button>
    </>
  );
}

beforeEach(() => {
  // happy-dom lays nothing out: the virtualiser needs a height.
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(640);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(640);
});

const focused = () => document.activeElement?.textContent;

describe("the table", () => {
  it("holds few of many rows in the page", () => {
    render(<Table rows={rows(10_000)} />);
    expect(screen.getByRole("grid", { name: "Rows" })).toHaveAttribute("aria-rowcount", "10001");
    expect(screen.getAllByRole("row").length).toBeLessThan(60);
  });

  it("is one tab stop and is walked by keys", async () => {
    const user = userEvent.setup();
    render(<Table rows={rows(50)} />);
    await user.tab();
    await user.tab();
    expect(focused()).toBe("Row 0");
    await user.keyboard("{ArrowDown}j{ArrowUp}");
    expect(focused()).toBe("Row 1");
    await user.keyboard("{End}");
    expect(focused()).toBe("Row 49");
    await user.tab();
    expect(focused()).toBe("after");
  });

  it("opens by Enter, selects by Space, Shift and Mod+A, clears by Escape", async () => {
    const user = userEvent.setup();
    const onOpen = vi.fn();
    render(<Table rows={rows(5)} onOpen={onOpen} />);
    await user.tab();
    await user.tab();
    await user.keyboard("{ArrowDown}{Enter}");
    expect(onOpen).toHaveBeenCalledWith(expect.objectContaining({ id: "r1" }));
    const selected = () => screen.getAllByRole("row", { selected: true }).map((row) => row.textContent);
    await user.keyboard(" {Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    expect(selected()).toEqual(["Row 1", "Row 2", "Row 3"]);
    await user.keyboard("{Control>}a{/Control}");
    expect(selected()).toHaveLength(5);
    await user.keyboard("{Escape}");
    expect(screen.queryAllByRole("row", { selected: true })).toHaveLength(0);
  });

  it("selects by the boxes: one, a stretch with Shift, all from the header", async () => {
    const user = userEvent.setup();
    const onOpen = vi.fn();
    const { container } = render(<Table rows={rows(5)} onOpen={onOpen} />);
    const box = (at: number) => container.querySelectorAll("[data-check]")[at] as HTMLElement;
    const selected = () => screen.queryAllByRole("row", { selected: true }).map((row) => row.textContent);
    await user.click(box(1));
    expect(selected()).toEqual(["Row 1"]);
    await user.keyboard("{Shift>}");
    await user.click(box(3));
    await user.keyboard("{/Shift}");
    expect(selected()).toEqual(["Row 1", "Row 2", "Row 3"]);
    const all = screen.getByRole("checkbox", { name: "Select all rows shown" });
    await user.click(all);
    expect(selected()).toHaveLength(5);
    await user.click(all);
    expect(selected()).toHaveLength(0);
    expect(onOpen).not.toHaveBeenCalled();
  });

  it("does not move under the focus: it offers what is new", async () => {
    const user = userEvent.setup();
    const view = render(<Table rows={rows(3)} />);
    await user.tab();
    await user.tab();
    view.rerender(<Table rows={[{ id: "new", name: "New one" }, ...rows(3)]} />);
    expect(screen.queryByText("New one")).toBeNull();
    expect(focused()).toBe("Row 0");
    await user.click(screen.getByRole("button", { name: /1 new row/ }));
    expect(screen.getByText("New one")).toBeInTheDocument();
  });

  it("shows what is new at once while nobody reads it", () => {
    const view = render(<Table rows={rows(3)} />);
    view.rerender(<Table rows={[{ id: "new", name: "New one" }, ...rows(3)]} />);
    expect(screen.getByText("New one")).toBeInTheDocument();
  });

  it("keeps the selection through a hundred refreshes", async () => {
    const user = userEvent.setup();
    const view = render(<Table rows={rows(3)} />);
    await user.tab();
    await user.tab();
    await user.keyboard("{ArrowDown} ");
    for (let round = 0; round < 100; round += 1) act(() => view.rerender(<Table rows={[{ id: `n${round}`, name: `New ${round}` }, ...rows(3)]} />));
    expect(screen.getByRole("row", { selected: true })).toHaveTextContent("Row 1");
    expect(focused()).toBe("Row 1");
  });

  it("sorts by a header that is reached from the first row", async () => {
    const user = userEvent.setup();
    const onSort = vi.fn();
    render(<Table rows={rows(3)} onSort={onSort} />);
    await user.tab();
    await user.tab();
    await user.keyboard("{ArrowUp}{Enter}");
    expect(onSort).toHaveBeenCalledWith({ column: "name", direction: "ascending" });
    expect(within(screen.getByRole("grid")).getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "none");
  });
});
