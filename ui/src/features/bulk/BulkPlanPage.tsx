import { getRouteApi } from "@tanstack/react-router";
import { BulkPlan } from "./BulkPlan";

const route = getRouteApi("/bulk/$planId");

/** One plan. */
export function BulkPlanPage() {
  const { planId } = route.useParams();
  const navigate = route.useNavigate();
  return <BulkPlan key={planId} id={planId} onOpen={(next) => void navigate({ to: "/bulk/$planId", params: { planId: next } })} onBack={() => void navigate({ to: "/bulk" })} />;
}
