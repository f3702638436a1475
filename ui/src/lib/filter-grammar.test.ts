import { describe, expect, it } from "vitest";
import { type FilterField, complete, completions, formatFilter, parseFilter } from "./filter-grammar";

const FIELDS: FilterField[] = [
  { name: "status", hint: "where it stands", values: ["pending", "running", "failed"], many: true },
  { name: "user", hint: "e-mail or name" },
];

describe("filter grammar", () => {
  it("reads fields, several values, quotes and plain words", () => {
    expect(parseFilter('status:failed,running user:"ana silva" timeout', FIELDS)).toEqual({
      terms: [
        { field: "status", value: "failed" },
        { field: "status", value: "running" },
        { field: "user", value: "ana silva" },
        { field: null, value: "timeout" },
      ],
      problems: [],
    });
  });

  it("says which field there is not, and which value", () => {
    expect(parseFilter("colour:red", FIELDS).problems[0]?.message).toContain("status, user");
    expect(parseFilter("status:purple", FIELDS).problems[0]?.message).toContain("pending, running, failed");
  });

  it("reads an open quote as far as it goes", () => {
    expect(parseFilter('user:"ana', FIELDS).terms).toEqual([{ field: "user", value: "ana" }]);
  });

  it("writes what it reads, the other way round", () => {
    const text = 'status:failed,running user:"ana silva" timeout';
    const { terms } = parseFilter(text, FIELDS);
    expect(formatFilter(terms, FIELDS)).toBe(text);
    expect(parseFilter(formatFilter(terms, FIELDS), FIELDS).terms).toEqual(terms);
  });

  it("offers fields, then their values, but none twice", () => {
    expect(completions("st", 2, FIELDS).map((each) => each.label)).toEqual(["status:"]);
    expect(completions("status:failed,", 14, FIELDS).map((each) => each.label)).toEqual(["pending", "running"]);
    expect(completions("user:", 5, FIELDS)).toEqual([]);
  });

  it("offers what is known beside any other text", () => {
    const by: FilterField = { name: "by", hint: "who", suggest: ["dana@repruv.test", "customer"] };
    expect(completions("by:", 3, [by]).map((each) => each.label)).toEqual(["dana@repruv.test", "customer"]);
    expect(completions("by:REPRUV", 9, [by]).map((each) => each.insert)).toEqual(["by:dana@repruv.test "]);
    expect(parseFilter("by:mallory", [by])).toEqual({ terms: [{ field: "by", value: "mallory" }], problems: [] });
  });

  it("says what is wrong with a value that is checked", () => {
    const since: FilterField = { name: "since", hint: "when", check: (value) => (value === "1h" ? null : `“${value}” is no time.`) };
    expect(parseFilter("since:1h", [since]).problems).toEqual([]);
    expect(parseFilter("since:soon", [since])).toEqual({ terms: [], problems: [{ term: "since:soon", message: "“soon” is no time." }] });
  });

  it("completes the word before the caret and leaves the rest", () => {
    const text = "stat timeout";
    expect(complete(text, 4, "status:")).toEqual({ text: "status:timeout", caret: 7 });
    expect(complete("user:ana status:fa", 18, "status:failed ").text).toBe("user:ana status:failed ");
  });

  it("reads any text without failing", () => {
    for (const text of ['"', ":", "a:", "::::", 'user:""', "x".repeat(10_000)]) expect(() => parseFilter(text, FIELDS)).not.toThrow();
  });
});
