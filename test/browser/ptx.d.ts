// What the bundler makes of an imported `.ptx`: its text.
declare module "*.ptx" {
  const text: string;
  export default text;
}
