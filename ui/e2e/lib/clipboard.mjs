/** Copies as a person does in another program: the text is selected there, and Ctrl C. */
export async function copy(window, text) {
  await window.run((text) => {
    const field = document.createElement("textarea");
    field.id = "copied-by-the-test";
    field.value = text;
    document.body.append(field);
    field.select();
  }, text);
  await window.keys("Control", "c");
  await window.run(() => document.getElementById("copied-by-the-test").remove());
}

/** Puts what was copied into the field with this label. */
export async function paste(window, label) {
  const field = await window.find("input, textarea", label);
  await field.click();
  await window.keys("Control", "a");
  await window.keys("Control", "v");
}
