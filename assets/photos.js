// Photos are made small before they are kept: a telephone's camera makes ten megabytes, a weak signal carries one.
// Drawing them anew leaves out where they were taken and with what.
const shelf = new WeakMap();

// What was made of the files that were chosen in this form.
export const made = (form) => shelf.get(form) ?? [];

function canvasOf(bitmap, edge) {
  const scale = Math.min(1, edge / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // JPEG knows no transparency
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// Makes the chosen files small and shows them in `note`; answers with "" or what is wrong.
export async function shrink(field, note, { edge, most }) {
  const form = field.form;
  note.replaceChildren();
  shelf.delete(form);
  if (field.files.length > most) {
    field.value = "";
    return "many";
  }
  const photos = [];
  for (const file of field.files) {
    try {
      const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
      const blob = await new Promise((resolve) => canvasOf(bitmap, edge).toBlob(resolve, "image/jpeg", 0.82));
      if (!blob) throw new Error("no picture");
      photos.push(blob);
      const small = canvasOf(bitmap, 96);
      small.setAttribute("role", "img");
      small.setAttribute("aria-label", file.name);
      note.append(small);
      bitmap.close();
    } catch {
      field.value = "";
      note.replaceChildren();
      return "unreadable";
    }
  }
  shelf.set(form, photos);
  form.addEventListener("reset", () => shelf.delete(form), { once: true });
  return "";
}
