import { describe, expect, it } from "vitest";
import { job, jobRow } from "../../ipc/fixture/factories";
import { compareJobs, jobBelongs, toJobFilter } from "./job-filters";

describe("job filter", () => {
  it("turns text into what the database is asked, the same for the same words", () => {
    expect(toJobFilter("status:failed,pending type:demo_enable user:ana")).toEqual(toJobFilter("user:ana type:demo_enable status:pending,failed"));
    expect(toJobFilter("status:failed")).toMatchObject({ statuses: ["failed"], user: null });
  });

  it("looks for a user by plain words and for a job by an id", () => {
    expect(toJobFilter("ana silva")).toMatchObject({ user: "ana silva", id: null });
    expect(toJobFilter("0190a0c4-11")).toMatchObject({ user: null, id: "0190a0c4-11" });
  });

  it("ignores a worker that is no id", () => {
    expect(toJobFilter("worker:me").worker_id).toBeNull();
  });

  it("tells which rows of the stream belong", () => {
    const failed = job().failed();
    expect(jobBelongs(toJobFilter("status:failed"), failed)).toBe("yes");
    expect(jobBelongs(toJobFilter("status:running"), failed)).toBe("no");
    expect(jobBelongs(toJobFilter("error:answer"), failed)).toBe("yes");
    expect(jobBelongs(toJobFilter("user:ANA@"), failed)).toBe("yes");
  });

  it("leaves names to the database", () => {
    expect(jobBelongs(toJobFilter("user:silva"), jobRow())).toBe("unknown");
    expect(jobBelongs(toJobFilter("user:silva"), jobRow({ user_id: null, user_email: null }))).toBe("no");
  });

  it("sorts the newest first", () => {
    const older = jobRow();
    const newer = jobRow();
    expect([older, newer].sort(compareJobs)).toEqual([newer, older]);
  });
});
