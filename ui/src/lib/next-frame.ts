/** A hidden or covered window may get no frames: its data is kept in step all the same. */
const AT_LATEST_MS = 250;

/** Runs `work` once, with the next frame or at the latest after a quarter of a second. */
export function nextFrame(work: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    work();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, AT_LATEST_MS);
}
