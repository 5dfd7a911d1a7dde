import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { exclusivityView } from './exclusivity/exclusivityView';
import { plotlyView } from './plotlyView';
import { type SharedScope, shared } from './sharedScope';
import type { View } from './view';

// The first is preferred where an output has both: the map says more than the heat map that comes with it.
const views: Record<string, (node: HTMLElement) => View> = {
  'application/vnd.exan.exclusivity+json': exclusivityView,
  'application/vnd.plotly.v1+json': plotlyView,
};

/** The extension's one module, made when JupyterLab asks for it. */
async function mimeExtension(scope: SharedScope): Promise<IRenderMime.IExtension> {
  const { Widget } = await shared<typeof import('@lumino/widgets')>(scope, '@lumino/widgets');

  class Renderer extends Widget implements IRenderMime.IRenderer {
    private readonly view: View;
    private readonly mimeType: string;

    constructor({ mimeType }: IRenderMime.IRendererOptions) {
      super();
      this.mimeType = mimeType;
      this.addClass('exan-output');
      this.view = views[mimeType]!(this.node);
    }

    async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
      const words = model.data['text/plain'];
      await this.view.render(model.data[this.mimeType], typeof words === 'string' ? words : undefined);
    }

    override dispose(): void {
      if (!this.isDisposed) this.view.dispose();
      super.dispose();
    }
  }

  return {
    id: 'exan-lab:renderers',
    description: 'Plotly figures and exclusivity maps',
    rendererFactory: {
      safe: true,
      mimeTypes: Object.keys(views),
      createRenderer: (options) => new Renderer(options),
    },
    rank: 0,
    dataType: 'json',
  };
}

// A prebuilt extension is a container of webpack's module federation. This is one by hand, without webpack: `init` must
// not wait for anything, or JupyterLab's own start is held up.
let scope: SharedScope = {};
const containers = window as unknown as { _JUPYTERLAB?: Record<string, unknown> };
containers._JUPYTERLAB ??= {};
containers._JUPYTERLAB['exan-lab'] = {
  init(given: SharedScope) {
    scope = given;
  },
  async get(name: string) {
    if (name !== './mimeExtension') throw new Error(`exan-lab has no module ${name}`);
    const extension = await mimeExtension(scope);
    return () => ({ __esModule: true, default: extension });
  },
};
