// The page's switch between light and dark: follows the system until a person chooses, and remembers the choice where it may.

/** Runs in the head, before anything is painted. */
export const themeScript: string = `(() => {
  const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem("warplab-theme"); } catch {}
  const isDark = () => (chosen ?? (system.matches ? "dark" : "light")) === "dark";
  const apply = () => {
    if (chosen) root.dataset.theme = chosen; else delete root.dataset.theme;
    document.body?.setAttribute("data-jp-theme-light", String(!isDark()));
    const button = document.getElementById("theme");
    if (button) { button.hidden = false; button.textContent = isDark() ? "Light" : "Dark"; }
    dispatchEvent(new CustomEvent("warplab-theme", { detail: { dark: isDark() } }));
  };
  apply();
  system.addEventListener("change", apply);
  addEventListener("DOMContentLoaded", () => {
    apply();
    document.getElementById("theme")?.addEventListener("click", () => {
      chosen = isDark() ? "light" : "dark";
      try { localStorage.setItem("warplab-theme", chosen); } catch {}
      apply();
    });
  });
})();`;
