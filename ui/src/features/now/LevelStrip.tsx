import type { ReactNode } from "react";
import type { JobCounts, ServiceLevels } from "../../generated/commands";
import { count, percent, plural } from "../../lib/numbers";
import { duration } from "../../lib/time";
import type { Tone } from "../../lib/tone";
import styles from "./NowPage.module.css";

/** What the product promises its users. */
const SUCCESS_MIN = 0.95;
const COMPLETION_MAX_S = 120;
const WAITING_MAX_S = 60;

/** The promises and how they are kept, in one line. */
export function LevelStrip({ levels, counts }: { levels: ServiceLevels; counts: JobCounts }) {
  return (
    <section aria-label="Service levels" className={styles.strip}>
      <Level
        name="Success, 24 h"
        value={percent(levels.success_rate)}
        tone={judge(levels.success_rate, (rate) => rate >= SUCCESS_MIN)}
        below={levels.finished === 0 ? "no job ended yet" : `of ${plural(levels.finished, "job")} · promise 95 %`}
      />
      <Level
        name="Completion p50"
        value={duration(levels.completion_p50_s)}
        tone={judge(levels.completion_p50_s, (seconds) => seconds <= COMPLETION_MAX_S)}
        below="promise 1–2 min"
      />
      <Level
        name="Completion p95"
        value={duration(levels.completion_p95_s)}
        tone={judge(levels.completion_p95_s, (seconds) => seconds <= COMPLETION_MAX_S)}
        below="promise 2 min"
      />
      <Level
        name="Oldest waiting"
        value={levels.oldest_waiting_s === null ? "none" : duration(levels.oldest_waiting_s)}
        tone={levels.oldest_waiting_s === null ? "neutral" : judge(levels.oldest_waiting_s, (seconds) => seconds <= WAITING_MAX_S)}
        below={`${count(counts.waiting)} waiting · ${count(counts.scheduled)} scheduled`}
      />
      <Level name="Running" value={count(counts.running)} tone="neutral" below="jobs in hand" />
      <Level
        name="Workers alive"
        value={count(levels.workers_alive)}
        tone={levels.workers_alive > 0 ? "neutral" : "danger"}
        promised={false}
        below={levels.workers_alive > 0 ? "heard of lately" : "nothing can run"}
      />
    </section>
  );
}

function judge(value: number | null, kept: (value: number) => boolean): Tone {
  return value === null ? "neutral" : kept(value) ? "success" : "danger";
}

type LevelProps = { name: string; value: string; tone: Tone; below: ReactNode; promised?: boolean };

function Level({ name, value, tone, below, promised = true }: LevelProps) {
  const word = !promised ? null : tone === "danger" ? "missed" : tone === "success" ? "kept" : null;
  return (
    <div className={styles.level}>
      <span className={styles.levelName}>{name}</span>
      <span className={tone === "danger" ? styles.missed : styles.levelValue}>
        {value}
        {word === null ? null : <span className={word === "missed" ? styles.missedWord : styles.keptWord}>{word}</span>}
      </span>
      <span className={styles.levelBelow}>{below}</span>
    </div>
  );
}
