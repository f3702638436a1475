import type { QueryClient } from "@tanstack/react-query";
import type { BulkPlanView } from "../../generated/commands";
import { keys } from "../../lib/query-keys";

/** The plan as the API has just answered it; lists follow. */
export function keepPlan(client: QueryClient, view: BulkPlanView): void {
  client.setQueryData(keys.bulkPlan(view.plan.id), view);
  void client.invalidateQueries({ queryKey: keys.bulkPlans });
  void client.invalidateQueries({ queryKey: keys.bulkApprovals });
}
