/** The app as the node serves it. */

import { openField } from "../core/open.ts";
import { begin } from "./begin.tsx";

void openField().then((field) => begin(field, true));
