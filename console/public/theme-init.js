// Runs before the first paint, so that neither theme nor language flashes. External, because the content security
// policy allows no inline script.
(() => {
  const root = document.documentElement;
  let scheme = "auto";
  let language = "";
  try {
    scheme = localStorage.getItem("mantine-color-scheme-value") || "auto";
    language = localStorage.getItem("bellwether.language") || "";
  } catch {
    // Storage can be forbidden; the browser's own preferences are used then.
  }
  const dark = scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  root.lang = language || (navigator.language.startsWith("zh") ? "zh-CN" : "en");
})();
