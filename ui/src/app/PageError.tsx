import { useRouter } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { Button } from "../components/Button";
import { EmptyState } from "../components/EmptyState";
import { ErrorState } from "../components/ErrorState";

/** One page broke; the rest of the window goes on. */
export function PageError({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  return (
    <ErrorState
      error={error}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}

export function NotFound() {
  const router = useRouter();
  return (
    <EmptyState icon={MapPinOff} title="There is no such page" action={<Button onPress={() => void router.navigate({ to: "/" })}>Go to Now</Button>}>
      The link may be from another version.
    </EmptyState>
  );
}
