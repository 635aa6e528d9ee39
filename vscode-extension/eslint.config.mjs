import js from "@eslint/js";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["out/", "node_modules/", "**/*.mjs", "**/*.cjs"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
);
