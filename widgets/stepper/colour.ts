// What a CSS colour is in red, green and blue, for what is drawn pixel by pixel.

/** Of any CSS colour, a system colour among them: the canvas itself reads it. Each from 0 to 255, and alpha. */
export function colourOf(colour: string): Uint8ClampedArray {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("this browser draws no 2-D canvas");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}
