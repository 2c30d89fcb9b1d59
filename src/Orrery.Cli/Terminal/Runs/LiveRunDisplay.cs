using Orrery.Cli.Composition;
using Orrery.Engine.Runs;
using Spectre.Console;

namespace Orrery.Cli.Terminal.Runs;

/// <summary>A run drawn on the terminal: what runs, for how long, what it waits for, what comes next.</summary>
internal sealed class LiveRunDisplay : RunDisplay
{
    /// <summary>Ten pictures a second look alive and cost nothing.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Headline, a note, and the line on which the cursor rests.</summary>
    private const int LinesBeside = 4;

    private static readonly string[] Turning = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly Host _host;
    private readonly CancellationTokenSource _over = new();
    private Task _drawing = Task.CompletedTask;
    private string _note = "";
    private bool _isDrawing;

    public LiveRunDisplay(Host host)
        : base(new RunProgress(host.Time)) => _host = host;

    public override void Begin()
    {
        _isDrawing = true;
        _drawing = DrawAsync(_over.Token);
    }

    public override void Say(string text)
    {
        if (_isDrawing)
            _note = text;
        else
            _host.Screen.Tell($"{text}\n");
    }

    public override void On(RunEvent happened)
    {
        Progress.On(happened);
        switch (happened)
        {
            case RunEvent.WaitingForLease waiting:
                var text = $"waiting: {waiting.Holder.Holder} works on this platform since {waiting.Holder.Since:u}";
                if (_note != text)
                    Say(text);
                _note = text;
                break;
            case RunEvent.Kept kept:
                Say(RunText.Of(kept));
                break;
            case RunEvent.Resumed:
                Say("going on where an earlier run stopped");
                break;
            default:
                break;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _drawing;
        _over.Dispose();
    }

    private async Task DrawAsync(CancellationToken over)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(_host.Screen.Error),
            Ansi = AnsiSupport.Yes,
            ColorSystem = _host.Screen.ColourError ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
        });
        // A terminal that cannot say how large it is gets what fits everywhere.
        console.Profile.Width = Math.Max(console.Profile.Width, 40);
        await console.Live(Picture(console)).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            while (!over.IsCancellationRequested)
            {
                live.UpdateTarget(Picture(console));
                // The end of the run ends the pause, too.
                await Task.Delay(Pause, _host.Time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            live.UpdateTarget(Picture(console));
        });
    }

    private Rows Picture(IAnsiConsole console)
    {
        var lines = ProgressView.Lines(Progress, Math.Max(1, console.Profile.Height - LinesBeside));
        var width = lines.Max(line => line.Address.Length);
        var picture = lines
            .Select(line => Line(
                console,
                $"{Symbol(line.Phase)} {line.Address.PadRight(width)}  {line.Time,6}  {line.Text}",
                StyleOf(line.Phase)))
            .Append(Line(console, ProgressView.Headline(Progress), new Style(decoration: Decoration.Bold)));
        return new Rows(_note.Length > 0 ? picture.Append(Line(console, _note, new Style(Color.Yellow))) : picture);
    }

    /// <summary>Never more than one line of the terminal: a picture that grows and shrinks cannot be read.</summary>
    private static Text Line(IAnsiConsole console, string text, Style style)
    {
        var width = console.Profile.Width - 1;
        return new Text(text.Length <= width ? text.TrimEnd() : $"{text[..(width - 1)]}…", style);
    }

    private string Symbol(ChangePhase phase) => phase switch
    {
        ChangePhase.Running => Turning[(int)(Progress.Elapsed / Pause) % Turning.Length],
        ChangePhase.Done => "✓",
        ChangePhase.Failed => "✗",
        ChangePhase.Skipped => "-",
        _ => " ",
    };

    private static Style StyleOf(ChangePhase phase) => phase switch
    {
        ChangePhase.Running => new Style(Color.Aqua),
        ChangePhase.Done => new Style(Color.Green),
        ChangePhase.Failed => new Style(Color.Red),
        _ => new Style(Color.Grey),
    };
}
