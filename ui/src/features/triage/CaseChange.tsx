import { TriangleAlert } from "lucide-react";
import { Banner } from "../../components/Banner";
import { VisibleText } from "../../components/VisibleText";
import type { CaseView } from "../../generated/commands";
import styles from "./Triage.module.css";
import { differences } from "./case-words";

/** The case has moved: how it was seen beside how it is now. */
export function CaseChange({ seen, now }: { seen: CaseView; now: CaseView }) {
  return (
    <>
      <Banner tone="warning" icon={TriangleAlert}>
        It has changed since you saw it. Nothing was written.
      </Banner>
      <table className={styles.change}>
        <thead>
          <tr>
            <td>&nbsp;</td>
            <th scope="col">You saw</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          {differences(seen, now).map((line) => (
            <tr key={line.what} data-differs={line.differs || undefined}>
              <th scope="row">{line.what}</th>
              <td>
                <VisibleText text={line.seen} max={200} />
              </td>
              <td>
                <VisibleText text={line.now} max={200} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
