import { describe, expect, it } from "vitest";
import { at, job } from "../../ipc/fixture/factories";
import { userView } from "../../test/user-view";
import { observeDemo } from "./demo-observe";

const NOW_MS = Date.UTC(2026, 10, 21, 2, 30);
const began = { run_at: at(NOW_MS - 20_000), created_at: at(NOW_MS - 20_000), started_at: at(NOW_MS - 19_000) };
const seen = userView();
const enabling = (over = {}) => userView({ status: "enabling", job: job({ ...began, ...over }).running() }, {}, { version: 5 });

describe("after enabling", () => {
  it("follows the job until the effect is seen", () => {
    expect(observeDemo("enable", seen, enabling(), enabling(), NOW_MS)).toMatchObject({ state: "running", progress: 40, words: "Writing reviews", late: null });
    expect(observeDemo("enable", seen, enabling(), userView({ status: "enabled" }, {}, { version: 6 }), NOW_MS)).toMatchObject({ state: "done" });
  });

  it("goes by the answer while the live data is older", () => {
    expect(observeDemo("enable", seen, enabling(), seen, NOW_MS).state).toBe("running");
  });

  it("says when it takes longer than it should", () => {
    const late = observeDemo("enable", seen, enabling(), enabling(), NOW_MS + 120_000);
    expect(late).toMatchObject({ state: "running", late: expect.stringContaining("1 min 58 s") });
  });

  it("does not call a scheduled job late, and says when it starts", () => {
    const scheduled = userView({ status: "enabling", job: job({ created_at: at(NOW_MS), run_at: at(NOW_MS + 3_600_000) }).pending() }, {}, { version: 5 });
    expect(observeDemo("enable", seen, scheduled, scheduled, NOW_MS + 300_000)).toMatchObject({ state: "waiting", words: expect.stringContaining("Scheduled"), late: null });
  });

  it("gives the reason of a failure", () => {
    const failed = userView({ status: "failed", error: "The demo service is down." }, {}, { version: 6 });
    expect(observeDemo("enable", seen, enabling(), failed, NOW_MS)).toEqual({ state: "failed", words: "The demo service is down." });
  });
});

it("tells what a disable removed", () => {
  const gone = userView({ status: "disabled", cleanup: [{ what: "reviews", count: 1_204 }, { what: "posts", count: 1 }] }, {}, { version: 9 });
  const observed = observeDemo("disable", userView({ status: "enabled" }), null, gone, NOW_MS);
  expect(observed).toEqual({ state: "done", words: "Demo mode is disabled. Removed: 1,204 reviews, 1 post." });
});

it("says so when the work was done before the stop arrived", () => {
  const observed = observeDemo("cancel", enabling(), null, userView({ status: "enabled" }, {}, { version: 6 }), NOW_MS);
  expect(observed).toMatchObject({ state: "failed", words: expect.stringContaining("already done") });
});

it("follows a retry by the operation that failed", () => {
  const failed = userView({ status: "failed", failed_operation: "enable" }, { retry: "enabling" });
  expect(observeDemo("retry", failed, null, failed, NOW_MS).state).toBe("waiting");
  expect(observeDemo("retry", failed, null, enabling(), NOW_MS).state).toBe("running");
});
