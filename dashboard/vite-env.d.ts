// Style sheets as text, for shadow roots; and as side effects, for the page.
declare module '*.css?inline' {
  const text: string;
  export default text;
}
declare module '*.css';
