// What a page looks like in which somebody else's text has become more than text.

import { until } from "./until.mjs";

/** Runs in the page, once: hears of every script that ran and of everything that the content security policy refused. */
export function listen() {
  window.__hits = [];
  window.__hit = (what) => window.__hits.push(`ran: ${what}`);
  document.addEventListener("securitypolicyviolation", (event) => window.__hits.push(`refused: ${event.violatedDirective} ${event.blockedURI}`));
  for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.__hits.push(`called: ${name}`);
}

/** Runs in the page: everything that is there and should not be. */
export function findings(hidden) {
  const found = [...window.__hits];
  const foreign =
    "iframe, frame, object, embed, img, image, video, audio, source, link[rel=stylesheet]:not([href^='./assets/']), base, form[action], math, marquee, details, noscript, isindex, x, custom-element, [popover], [srcdoc], [formaction]";
  for (const element of document.querySelectorAll(foreign)) found.push(`element: ${element.outerHTML.slice(0, 120)}`);
  // Lists of React Aria have an empty one.
  for (const element of document.querySelectorAll("template")) if (element.innerHTML !== "") found.push(`element: ${element.outerHTML.slice(0, 120)}`);
  const ours = (script) => script.src.startsWith(location.origin) && script.textContent === "";
  for (const script of document.scripts) if (!ours(script)) found.push(`script: ${script.outerHTML.slice(0, 120)}`);
  const hides = new RegExp(hidden, "u");
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on")) found.push(`handler: ${element.outerHTML.slice(0, 120)}`);
      // The page has an empty icon of its own.
      if (value !== "data:," && /^\s*(javascript|data|vbscript):/i.test(value) && ["href", "src", "xlink:href", "action"].includes(name)) found.push(`address: ${value.slice(0, 80)}`);
      if (["title", "aria-label", "alt", "placeholder"].includes(name) && hides.test(value)) found.push(`hidden in ${name}: ${JSON.stringify(value.slice(0, 80))}`);
    }
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (hides.test(data) && !parentElement.matches("textarea, script, style")) found.push(`hidden: ${JSON.stringify(data.slice(0, 80))}`);
  }
  if (hides.test(document.title)) found.push("hidden in the title");
  return found;
}

/** Characters that nobody sees, by the list of `lib/visible-text.ts`; tab and line feed are seen. */
export const HIDDEN =
  "[\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u2028-\\u202E\\u2060-\\u206F\\u3164\\uFEFF\\uFFA0\\uFFF9-\\uFFFB]|[\\u{E0000}-\\u{E0FFF}]";

/** Runs in the page: whether anything that fits `where` says this. */
const says = (mark, where) => [...document.querySelectorAll(where)].some((part) => part.innerText.includes(mark));

/** Looks at the window of `scene`. Each answers what stands there and should not. */
export function watching(scene) {
  const found = () => scene.window.run(findings, HIDDEN);
  const stands = (mark, where) => until(`${where} says ${mark}`, () => scene.window.run(says, mark, where)).catch((error) => scene.window.explain(error));
  return {
    found,
    stands,
    /** Opens a place and waits until what it is about stands there. */
    async visit(path, mark, where = "#main") {
      await scene.window.go(path);
      await stands(mark, where);
      return found();
    },
    /** Opens a dialog by the button in `where` that begins so, waits until it says what it is about, and closes it. */
    async dialog(button, mark, where = "#main") {
      await until(`"${button}" can be pressed`, () => scene.window.run(push, button, where)).catch((error) => scene.window.explain(error));
      await stands(mark, DIALOG);
      const wrong = await found();
      await until("the dialog is closed", async () => {
        await scene.window.keys("Escape");
        return scene.window.run((dialog) => document.querySelector(dialog) === null, DIALOG);
      });
      return wrong;
    },
  };
}

const DIALOG = "[role=dialog], [role=alertdialog]";

/** Runs in the page. A press by hand is tested elsewhere, and takes its time. */
function push(words, where) {
  const button = [...document.querySelectorAll(`${where} button`)].find((button) => button.innerText.startsWith(words) && button.getAttribute("aria-disabled") !== "true");
  button?.click();
  return button !== undefined;
}
