/** The reply to `kernel_info_request`. */
export function kernelInfo(typescript: string, version: string): Record<string, unknown> {
  return {
    status: 'ok',
    protocol_version: '5.3',
    implementation: 'exan',
    implementation_version: version,
    language_info: {
      name: 'typescript',
      version: typescript,
      mimetype: 'text/typescript',
      file_extension: '.ts',
      // Notebook and JupyterLab pick their highlighter by different keys of this.
      codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
      nbconvert_exporter: 'script',
      pygments_lexer: 'typescript',
    },
    banner: `ExAN: TypeScript ${typescript} on Node ${process.version}`,
    help_links: [{ text: 'TypeScript handbook', url: 'https://www.typescriptlang.org/docs/handbook/' }],
    debugger: false,
  };
}
