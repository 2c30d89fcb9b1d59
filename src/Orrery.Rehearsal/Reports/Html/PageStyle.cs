namespace Orrery.Rehearsal.Reports.Html;

/// <summary>How the page looks, in light and in dark.</summary>
internal static class PageStyle
{
    public const string Text = """
        :root { color-scheme: light dark; --ground: #fbfaf7; --raised: #ffffff; --ink: #22252b; --faint: #626772;
          --line: #dcdad3; --bar: #4f7cac; --bar-soft: #9dbad7; --critical: #b8620b; --good: #1d7a46;
          --good-soft: #dff2e6; --bad: #b3261e; --bad-soft: #fbe4e2; --idle-soft: #ecebe6; --simulated-soft: #f6e8cf; }
        @media (prefers-color-scheme: dark) { :root { --ground: #15171c; --raised: #1e2128;
          --ink: #e6e4de; --faint: #9a9fab; --line: #343842; --bar: #6f9fd1; --bar-soft: #3f5f80; --critical: #f0a24a;
          --good: #6fd39b; --good-soft: #163625; --bad: #ff8a80; --bad-soft: #45201d; --idle-soft: #2a2e37;
          --simulated-soft: #47351a; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--ground); color: var(--ink);
          font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
        h1 { font-size: 1.7rem; margin: 0; display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
        h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
        h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
        h3 small { font-weight: 400; color: var(--faint); margin-left: .5rem; }
        header p, footer, .legend { color: var(--faint); }
        pre { margin: 0; padding: .6rem .8rem; background: var(--raised); border: 1px solid var(--line);
          border-radius: 6px; overflow-x: auto; }
        code { font-family: ui-monospace, monospace; font-size: .9em; }
        .badge { font-size: .8rem; font-weight: 600; padding: .1rem .6rem; border-radius: 1rem; white-space: nowrap; }
        .badge.good { background: var(--good-soft); color: var(--good); }
        .badge.bad { background: var(--bad-soft); color: var(--bad); }
        .badge.idle { background: var(--idle-soft); color: var(--faint); font-weight: 400; }
        .badge.simulated { background: var(--simulated-soft); color: var(--critical); }
        .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .7rem;
          margin: 1.2rem 0 0; }
        .tiles div { background: var(--raised); border: 1px solid var(--line); border-radius: 8px;
          padding: .6rem .8rem; }
        .tiles dt { color: var(--faint); font-size: .85rem; }
        .tiles dd { margin: 0; }
        .tiles strong { display: block; font-size: 1.3rem; }
        .tiles small { color: var(--faint); }
        .key { display: inline-block; width: 1.4rem; height: .7rem; border-radius: 3px; background: var(--bar); }
        .key { margin-right: .4rem; }
        .key + .key { margin-left: 1rem; }
        .key.critical { background: var(--critical); }
        .axis { position: relative; height: 1.3rem; margin: 0 5.5rem 0 23rem; color: var(--faint); font-size: .75rem; }
        .axis span { position: absolute; bottom: 0; padding-left: 3px; border-left: 1px solid var(--line);
          white-space: nowrap; }
        .gantt { list-style: none; margin: 0; padding: .2rem 0; border-top: 1px solid var(--line); }
        .gantt li { position: relative; display: grid; grid-template-columns: 23rem 1fr 5.5rem; align-items: center;
          min-height: 1.6rem; border-radius: 4px; }
        .gantt li:hover, .gantt li:focus { background: var(--idle-soft); }
        :focus-visible { outline: 2px solid var(--bar); outline-offset: 1px; }
        .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding: 0 .5rem; }
        .verb { display: inline-block; width: 3.6rem; color: var(--faint); font-size: .85rem; }
        .track { position: relative; height: .8rem; }
        .bar { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 3px; background: var(--bar); }
        .bar.critical { background: var(--critical); }
        .bar.delete { background-image: repeating-linear-gradient(135deg, transparent 0 4px, var(--ground) 4px 6px); }
        .took { text-align: right; padding-right: .5rem; white-space: nowrap; font-size: .85rem; }
        .more { position: absolute; z-index: 1; top: 100%; left: 4.1rem; max-width: calc(100% - 5rem);
          padding: .4rem .7rem; background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
          font-size: .85rem; box-shadow: 0 3px 12px rgb(0 0 0 / .18); opacity: 0; pointer-events: none; }
        .gantt li:hover .more, .gantt li:focus .more { opacity: 1; }
        .gantt li:hover, .gantt li:focus { z-index: 2; }
        .scroll { overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 8px;
          padding: .6rem; }
        svg { display: block; }
        svg text { fill: var(--ink); font-size: 12.5px; }
        svg .kind { fill: var(--faint); font-size: 10.5px; }
        .box rect { fill: var(--ground); stroke: var(--bar); }
        .box.critical rect { stroke: var(--critical); stroke-width: 2; }
        .edge { fill: none; stroke: var(--bar-soft); stroke-width: 1.5; }
        .edge.critical { stroke: var(--critical); stroke-width: 2; }
        table { border-collapse: collapse; margin: .4rem 0; }
        th, td { text-align: left; padding: .25rem 1.2rem .25rem 0; border-bottom: 1px solid var(--line);
          vertical-align: top; }
        thead th { color: var(--faint); font-weight: 400; font-size: .85rem; }
        tbody th { font-weight: 400; }
        .number { text-align: right; }
        .meter { display: inline-block; width: 16rem; max-width: 40vw; height: .7rem; margin-right: .6rem;
          background: var(--idle-soft); border-radius: 4px; overflow: hidden; }
        .meter span { display: block; height: 100%; min-width: 2px; background: var(--bar); }
        .problem { color: var(--bad); }
        summary { cursor: pointer; margin-top: .6rem; color: var(--faint); }
        footer { margin-top: 3rem; border-top: 1px solid var(--line); font-size: .85rem; }
        @media (max-width: 50rem) { .axis { display: none; }
          .gantt li { grid-template-columns: 1fr 5rem; } .track { grid-column: 1 / -1; order: 3; } }
        """;
}
