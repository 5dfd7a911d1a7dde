"""The exan kernel and its renderers for JupyterLab. The package only carries files; there is nothing to import."""

__version__ = "0.1.0"
