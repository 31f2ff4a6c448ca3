/** The console in a browser. Everything it shows is text: nothing that anybody wrote becomes markup. */
import { render } from "preact";
import { App } from "./app.tsx";
import { showTheme } from "./state/theme.ts";

showTheme();
const place = document.getElementById("console");
if (place !== null) render(<App />, place);
