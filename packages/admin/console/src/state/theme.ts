/** Light or dark: as the system has it, unless somebody chose. */
import { useEffect, useState } from "preact/hooks";

export const choices = ["system", "light", "dark"] as const;
export type Choice = (typeof choices)[number];

const key = "ringfence-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const changed = new EventTarget();

export function chosenTheme(): Choice {
  const kept = localStorage.getItem(key);
  return choices.find((choice) => choice === kept) ?? "system";
}

export function chooseTheme(choice: Choice): void {
  localStorage.setItem(key, choice);
  showTheme();
  changed.dispatchEvent(new Event("change"));
}

/** Once before anything is drawn, so that nothing flashes. */
export function showTheme(): void {
  const choice = chosenTheme();
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

/** What is shown now, for what a style sheet does not reach. */
export function useTheme(): "light" | "dark" {
  const [theme, setTheme] = useState(shown);
  useEffect(() => {
    const look = (): void => setTheme(shown());
    for (const source of [system, changed]) source.addEventListener("change", look);
    return () => {
      for (const source of [system, changed]) source.removeEventListener("change", look);
    };
  }, []);
  return theme;
}

function shown(): "light" | "dark" {
  const choice = chosenTheme();
  if (choice !== "system") return choice;
  return system.matches ? "dark" : "light";
}
