import { css } from './html.js';

/**
 * How a report looks: one column that fits a telephone, light or dark as its reader has it, ink on white where it is printed. Nothing of it is
 * fetched from anywhere.
 */
export const PAGE_STYLE = css`
  :root {
    color-scheme: light dark;
    --paper: #fff;
    --ink: #1a1d21;
    --quiet: #5b636d;
    --rule: #d5dae0;
    --tint: #f3f5f7;
    --link: #0b57b0;
    --bad: #b3261e;
    --good: #146c3a;
    --cpu: #1f6fd6;
    --memory: #a05a00;
    --celsius: #c2255c;
    --load: #00000014;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --paper: #14171a;
      --ink: #e6e9ec;
      --quiet: #a0a9b3;
      --rule: #363d45;
      --tint: #1f2429;
      --link: #8ab8ff;
      --bad: #ff8a80;
      --good: #6fd699;
      --cpu: #6ea8ff;
      --memory: #f0a54a;
      --celsius: #ff7fab;
      --load: #ffffff1f;
    }
  }
  * {
    box-sizing: border-box;
  }
  html {
    -webkit-text-size-adjust: 100%;
  }
  body {
    margin: 0 auto;
    max-width: 72rem;
    padding: 1rem;
    background: var(--paper);
    color: var(--ink);
    font:
      1rem/1.5 system-ui,
      sans-serif;
    overflow-wrap: anywhere;
  }
  h1 {
    font-size: 1.6rem;
    line-height: 1.2;
    margin: 0 0 0.3rem;
  }
  h2 {
    font-size: 1.25rem;
    line-height: 1.3;
    margin: 2.2rem 0 0.6rem;
    border-bottom: 1px solid var(--rule);
    padding-bottom: 0.3rem;
  }
  h3 {
    font-size: 1rem;
    margin: 1rem 0 0.3rem;
  }
  p {
    margin: 0.4rem 0;
  }
  a {
    color: var(--link);
  }
  .quiet,
  figcaption {
    color: var(--quiet);
    font-size: 0.9rem;
  }
  .counts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr));
    gap: 0.6rem;
    margin: 1rem 0;
    padding: 0;
    list-style: none;
  }
  .counts li {
    background: var(--tint);
    border-radius: 0.5rem;
    padding: 0.6rem 0.8rem;
    overflow-wrap: normal;
  }
  .counts b {
    display: block;
    font-size: 1.6rem;
    line-height: 1.2;
  }
  nav ul {
    display: flex;
    flex-wrap: wrap;
    gap: 0.2rem 1.2rem;
    padding: 0;
    margin: 0.5rem 0;
    list-style: none;
  }
  .wide {
    overflow-x: auto;
    border: 1px solid var(--rule);
    border-radius: 0.5rem;
    margin: 0.5rem 0;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 0.9rem;
    overflow-wrap: normal;
  }
  th,
  td {
    text-align: left;
    vertical-align: top;
    padding: 0.4rem 0.7rem;
    border-bottom: 1px solid var(--rule);
    max-width: 24rem;
    overflow-wrap: break-word;
  }
  tbody tr:last-child td {
    border-bottom: 0;
  }
  th {
    background: var(--tint);
    white-space: nowrap;
  }
  td:first-child {
    max-width: none;
    font-weight: 600;
    white-space: nowrap;
  }
  .number {
    text-align: right;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  article {
    border: 1px solid var(--rule);
    border-left: 0.3rem solid var(--bad);
    border-radius: 0.5rem;
    padding: 0.6rem 0.9rem;
    margin: 0.7rem 0;
  }
  article.solved {
    border-left-color: var(--good);
  }
  article.met {
    border-left-color: var(--rule);
  }
  article h3 {
    margin-top: 0;
  }
  .solved .state {
    color: var(--good);
    font-weight: 600;
  }
  .open .state {
    color: var(--bad);
    font-weight: 600;
  }
  blockquote {
    margin: 0.4rem 0;
    padding: 0.3rem 0.7rem;
    background: var(--tint);
    border-radius: 0.3rem;
    white-space: pre-wrap;
    font:
      0.85rem/1.4 ui-monospace,
      monospace;
  }
  code {
    font:
      0.9em ui-monospace,
      monospace;
  }
  td code {
    white-space: nowrap;
  }
  .curves {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr));
    gap: 1rem;
  }
  figure {
    margin: 0;
    border: 1px solid var(--rule);
    border-radius: 0.5rem;
    padding: 0.6rem;
    min-width: 0;
  }
  figure h3 {
    margin: 0;
  }
  svg {
    display: block;
    width: 100%;
    height: auto;
  }
  svg text {
    fill: var(--quiet);
    font:
      12px system-ui,
      sans-serif;
  }
  .grid {
    stroke: var(--rule);
    fill: none;
  }
  .line {
    fill: none;
    stroke-width: 2;
    stroke-linejoin: round;
    stroke-linecap: round;
  }
  .cpu {
    stroke: var(--cpu);
  }
  .memory {
    stroke: var(--memory);
    stroke-dasharray: 6 4;
  }
  .celsius {
    stroke: var(--celsius);
  }
  .load {
    fill: var(--load);
  }
  .key {
    display: inline-block;
    width: 1.4rem;
    height: 0;
    border-top: 2px solid;
    vertical-align: middle;
    margin: 0 0.3rem 0 0.8rem;
  }
  .key:first-child {
    margin-left: 0;
  }
  .key.cpu {
    border-color: var(--cpu);
  }
  .key.memory {
    border-color: var(--memory);
    border-top-style: dashed;
  }
  .key.celsius {
    border-color: var(--celsius);
  }
  @media screen and (max-width: 48rem) {
    table {
      width: max-content;
      min-width: 100%;
    }
    th,
    td {
      max-width: 16rem;
    }
  }
  @media (max-width: 30rem) {
    svg text {
      font-size: 18px;
    }
    body {
      padding: 0.8rem;
    }
    .counts {
      grid-template-columns: 1fr 1fr;
    }
  }
  @media print {
    :root {
      color-scheme: light;
      --paper: #fff;
      --ink: #000;
      --quiet: #444;
      --rule: #bbb;
      --tint: #f3f5f7;
      --link: #000;
      --bad: #b3261e;
      --good: #146c3a;
      --cpu: #1f6fd6;
      --memory: #a05a00;
      --celsius: #c2255c;
      --load: #00000014;
    }
    html {
      font-size: 9pt;
    }
    body {
      max-width: none;
      padding: 0;
    }
    .counts {
      grid-template-columns: repeat(6, 1fr);
    }
    nav {
      display: none;
    }
    .wide {
      overflow: visible;
      border: 0;
    }
    table {
      overflow-wrap: anywhere;
    }
    th,
    td:first-child,
    .number {
      white-space: normal;
    }
    th,
    td {
      padding: 0.15rem 0.4rem;
    }
    article,
    figure,
    tr,
    .counts {
      break-inside: avoid;
    }
    h2,
    h3 {
      break-after: avoid;
    }
    thead {
      display: table-header-group;
    }
    .curves {
      grid-template-columns: 1fr 1fr;
    }
  }
  @page {
    margin: 12mm;
  }
`;
