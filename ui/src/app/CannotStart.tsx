import { ErrorState } from "../components/ErrorState";

/** The page has nothing to work with. */
export function CannotStart({ error }: { error: unknown }) {
  return (
    <main>
      <h1 className="sr-only">Repruv Ops could not start</h1>
      <ErrorState error={error} onRetry={() => location.reload()} />
    </main>
  );
}
