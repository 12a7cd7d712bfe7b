// What kernels print, with the step that printed it: the text of a launch, or of a launch up to a place in it.
import type { ExecutionPoint, Observer } from "../simt/observer.js";

/** Characters that are kept of what a launch prints; what comes after them is counted. */
const mostCharacters = 16 * 1024 * 1024;

export class PrintedText implements Observer {
  private readonly pieces: string[] = [];
  private readonly steps: number[] = [];
  private characters = 0;
  private leftOut = 0;

  /** `step` answers how many steps have been taken, that which prints included. */
  constructor(private readonly step: () => number) {}

  print(_point: ExecutionPoint, _lane: number, text: string): void {
    if (this.characters + text.length > mostCharacters) {
      this.leftOut += text.length;
      return;
    }
    this.characters += text.length;
    this.pieces.push(text);
    this.steps.push(this.step());
  }

  /** All of it. */
  get text(): string {
    const more = `\n... and ${this.leftOut.toLocaleString("en-US")} characters more\n`;
    return this.pieces.join("") + (this.leftOut === 0 ? "" : more);
  }

  /** What had been printed when so many steps had been taken. */
  upTo(position: number): string {
    const count = this.steps.findIndex((step) => step > position);
    return count < 0 ? this.text : this.pieces.slice(0, count).join("");
  }
}
