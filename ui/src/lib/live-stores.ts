import type { JobRow, UserRow } from "../generated/commands";
import { LiveRows } from "./live-rows";

/** What the stream brought lately; emptied when the environment or the person changes. */
export const liveJobs = new LiveRows<JobRow>();
export const liveUsers = new LiveRows<UserRow>();
