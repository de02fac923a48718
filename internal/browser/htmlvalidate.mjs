import { defineConfig } from "html-validate";

// html-validate:standard would let pass images without a text and buttons without a type.
export default defineConfig({
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Either is right; Alta's templates write it so.
    "doctype-style": ["error", { style: "lowercase" }],
  },
});
