import { act, fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { SearchField } from "./SearchField";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const onSearch = vi.fn<(text: string) => void>();
const field = (value: string) => <SearchField label="Search" placeholder="" value={value} onSearch={onSearch} />;
const type = (text: string) => fireEvent.change(screen.getByLabelText("Search"), { target: { value: text } });
const pause = () => act(() => vi.advanceTimersByTime(200));

it("asks when typing pauses, and a late answer does not undo what was typed since", () => {
  const { rerender } = render(field(""));
  type("an");
  expect(onSearch).not.toHaveBeenCalled();
  pause();
  expect(onSearch).toHaveBeenLastCalledWith("an");
  type("ana");
  rerender(field("an"));
  expect(screen.getByLabelText("Search")).toHaveValue("ana");
  pause();
  expect(onSearch).toHaveBeenLastCalledWith("ana");
});

it("follows a change from outside, and back", () => {
  const { rerender } = render(field(""));
  type("ana");
  pause();
  rerender(field("ana"));
  rerender(field(""));
  expect(screen.getByLabelText("Search")).toHaveValue("");
  rerender(field("ana"));
  expect(screen.getByLabelText("Search")).toHaveValue("ana");
});
