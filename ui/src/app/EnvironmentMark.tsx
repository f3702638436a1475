import { useSession } from "../lib/session";
import { environmentMark } from "../lib/states/environment";
import { VisibleText } from "../components/VisibleText";
import styles from "./Shell.module.css";

/** In the rail, on every page: which kind of system this is. */
export function EnvironmentMark() {
  const { environment } = useSession();
  if (environment === null) return null;
  const mark = environmentMark(environment.kind);
  return (
    <p className={styles.railEnv} title={`${mark.word}: ${environment.name}`}>
      <mark.icon size={15} aria-hidden />
      <span className={styles.placeWord}>
        <strong>{mark.word}</strong>
        {environment.name.toLowerCase() === mark.word.toLowerCase() ? null : (
          <span className={styles.railEnvName}>
            <VisibleText text={environment.name} max={40} />
          </span>
        )}
      </span>
    </p>
  );
}
