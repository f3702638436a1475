// Last of all by its name: the lines that it leaves in the audit trail, which nobody can remove, would be in the way of others.
// Text that tries to be more than text, in every column and on every view of the real window: it is read as it stands, none of
// it runs, and what would hide or turn letters around can be seen.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PAYLOADS } from "../lib/hostile-payloads.mjs";
import { plant } from "../lib/hostile-rows.mjs";
import { HIDDEN, listen, watching } from "../lib/hostile-watch.mjs";
import { sceneWithWindow } from "../lib/scene.mjs";
import { until } from "../lib/until.mjs";

const scene = sceneWithWindow();
let planted;

before(async () => {
  planted = await plant(PAYLOADS);
  // The window is being opened meanwhile.
  const window = await until("the window is open", () => scene.window, 30_000);
  await window.sees("live · ", 30_000);
  await window.run(listen);
});
after(() => planted?.away());

const { found, visit } = watching(scene);

test("the corpus is large enough, and no two payloads are the same", () => {
  assert.ok(PAYLOADS.length >= 60, `${PAYLOADS.length}`);
  assert.equal(new Set(PAYLOADS.map(({ text }) => text.slice(5))).size, PAYLOADS.length);
});

test("what watches for markup and hidden letters sees them", async () => {
  const { window } = scene;
  const seen = await window.run((source, hidden) => {
    const look = new Function(`return ${source}`)();
    return look(hidden);
  }, "() => 'no code from text'", HIDDEN).catch(() => "refused");
  assert.equal(seen, "refused", "the content security policy lets no text become code");
  const refusals = async () => (await found()).filter((what) => what.startsWith("refused: script-src"));
  const [code] = await until("the refused code is heard of", async () => ((await refusals()).length > 0 ? refusals() : null));
  await window.run(() => {
    const place = document.createElement("div");
    place.id = "planted-by-the-test";
    place.innerHTML = "<img src=x onerror=window.__hit(1)><b title='a\u202Eb'>c\u200Bd</b><script>window.__hit(2)</script>";
    document.body.append(place);
  });
  try {
    // The handler is refused when the picture has failed to load, which may be much later: nothing of it may be still to come.
    await until("the refused handler is heard of", async () => (await refusals()).length > 1);
    const all = (await found()).join("\n");
    for (const word of ["element: <img", "script: <script", "handler: <img", "hidden in title", "hidden: ", code]) assert.ok(all.includes(word), `${word} in ${all}`);
    assert.doesNotMatch(all, /ran: /, "not even then");
  } finally {
    await window.run(() => {
      document.getElementById("planted-by-the-test").remove();
      window.__hits.length = 0;
    });
  }
  assert.deepEqual(await found(), []);
});

for (const [name, path] of [
  ["users", "/users?q=xq"],
  ["jobs", "/jobs"],
  ["sessions", "/sessions?ended=true"],
  ["workers", "/workers"],
  ["audit", "/audit"],
]) {
  test(`the list of ${name} shows every payload as text`, async () => {
    const { window } = scene;
    await visit(path, "xq");
    const left = new Set(PAYLOADS.map(({ mark }) => mark));
    await until(`the list of ${name} was read to its end`, async () => {
      const text = await window.run(() => {
        const text = document.querySelector("[role=grid]").innerText;
        const scroller = [...document.querySelectorAll("#main *")].find((element) => element.scrollHeight > element.clientHeight + 4 && getComputedStyle(element).overflowY !== "visible" && element.querySelector("[role=row], [role=rowgroup]"));
        if (scroller) scroller.scrollTop += scroller.clientHeight * 0.8;
        return text;
      });
      for (const [mark] of text.matchAll(/xq\d\d/g)) left.delete(mark);
      assert.deepEqual(await found(), []);
      return left.size === 0;
    }, 90_000).catch((error) => assert.fail(`${error.message}; never seen: ${[...left].join(" ")}`));
    await window.look(`hostile-${name}`);
  });
}

for (const [name, path, where] of [
  ["a user’s page", ({ user }) => `/users/${user}`, "h1"],
  ["a job’s panel", ({ job }) => `/jobs/${job}`, "aside"],
  ["a session’s panel", ({ user, session }) => `/sessions?user=${user}&ended=true&session=${session}`, "aside"],
  ["a line of the trail", ({ user, entry }) => `/audit?q=user%3A${user}&entry=%22${entry}%22`, "aside"],
]) {
  test(`${name} shows every payload as text`, async () => {
    for (const place of planted.places) {
      const wrong = await visit(path(place), place.mark, where);
      assert.deepEqual(wrong, [], `${place.mark}: ${place.text}`);
    }
    await scene.window.look(`hostile-${name.replaceAll(/[^a-z]+/g, "-")}`);
  });
}

test("the first screen shows it as text", async () => {
  assert.deepEqual(await visit("/", "xq"), []);
});
