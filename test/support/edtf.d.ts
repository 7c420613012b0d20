/** The npm package `edtf`, which brings no types: as much as the tests ask of it. */
declare module 'edtf' {
  interface Extended {
    /** Milliseconds since 1970; infinite where open. */
    min: number;
    /** The last millisecond within. */
    max: number;
  }
  const edtf: (text: string) => Extended;
  export default edtf;
}
