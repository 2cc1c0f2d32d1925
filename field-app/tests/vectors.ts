/** The vectors of both sides, read. */

import app from "../vectors/app.json" with { type: "json" };
import node from "../vectors/node.json" with { type: "json" };

export { app, node };
