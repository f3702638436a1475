import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  // Tauri serves the page from its own scheme: paths must not start at a host's root.
  base: "./",
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: "127.0.0.1" },
  build: {
    // WebKitGTK 2.44 and Safari 17.5 know light-dark(); older webviews are not supported.
    target: ["safari17.5", "chrome123"],
    // Inlined assets would need `data:` in more places of the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  test: {
    restoreMocks: true,
    css: false,
    // Whole pages are walked through by keys; two busy cores take their time.
    testTimeout: 20_000,
    projects: [
      { extends: true, test: { name: "rules", environment: "node", include: ["src/{lib,features,components}/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "page", environment: "happy-dom", setupFiles: ["src/test/setup.ts"], include: ["src/**/*.test.tsx", "src/app/**/*.test.ts"] },
      },
    ],
  },
});
