/** A dependency of Plotly reads the global object under its Node name. Imported before it. */
(globalThis as { global?: typeof globalThis }).global ??= globalThis;

export {};
