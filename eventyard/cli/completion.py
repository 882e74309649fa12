"""`eventyard completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_PROGRAM, _VARIABLE = "eventyard", "_EVENTYARD_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script with which a shell completes eventyard's commands, options and their values.

    \b
    bash, in ~/.bashrc: eval "$(eventyard completion bash)"
    zsh, in ~/.zshrc:   eval "$(eventyard completion zsh)"
    fish:               eventyard completion fish > ~/.config/fish/completions/eventyard.fish
    """  # noqa: D301  # click's own mark of lines that are not to be wrapped
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"there is no completion for {shell}.")
    click.echo(kind(ctx.find_root().command, {}, _PROGRAM, _VARIABLE).source())
