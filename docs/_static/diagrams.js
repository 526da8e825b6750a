"use strict";
// Diagrams stand on a card of their own, which is light in both themes.
mermaid.initialize({ startOnLoad: true, theme: "neutral", securityLevel: "strict" });
