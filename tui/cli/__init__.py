"""The people's command line, `earwitness`: one subcommand a module, its click command named `command`.

What it prints is linear and plain, for scripts, bare consoles and screen readers. It decides nothing: the
agent does.
"""
