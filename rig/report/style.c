/* The style of report.html: black on white, one dark blue, shapes and hatches instead of colours, A4 when printed. */

#include "rig/report/html.h"

const char *const html_style[] = {
	":root{--ink:#16202e;--soft:#566273;--line:#cfd6df;--pale:#f4f6f9;--blue:#14406b}\n",
	"*{box-sizing:border-box}\n",
	"body{margin:0;color:var(--ink);background:#fff;font:15px/1.5 'Helvetica Neue',Arial,'Liberation Sans',sans-serif}\n",
	"main{max-width:1080px;margin:0 auto;padding:28px 32px 64px}\n",
	"h1{font-size:22px;line-height:1.25;margin:2px 0 14px;font-weight:600}\n",
	"h2{font-size:18px;margin:40px 0 10px;padding-bottom:5px;border-bottom:2px solid var(--blue);font-weight:600}\n",
	"h3{font-size:15px;margin:24px 0 6px;font-weight:600}\n",
	"p{margin:6px 0}\n",
	".kicker{color:var(--soft);font-size:13px;margin:0}\n",
	".headline{font-size:20px;line-height:1.4;margin:10px 0;font-weight:600;max-width:56em}\n",
	".headline+p{font-size:16px;max-width:60em}\n",
	".banner{display:flex;flex-wrap:wrap;gap:8px;padding:0;margin:16px 0 0;list-style:none}\n",
	".banner li{border:1px solid var(--ink);padding:2px 10px;font-size:13px}\n",
	".banner .loud{background:var(--ink);color:#fff}\n",
	"nav{font-size:13px;margin:14px 0 0;color:var(--soft)}nav a{margin-right:12px}\n",
	"a{color:var(--blue)}\n",
	"table{border-collapse:collapse;width:100%;margin:8px 0 4px;font-size:13.5px;font-variant-numeric:tabular-nums}\n",
	"th{text-align:left;font-weight:600;color:var(--soft);border-bottom:1.5px solid var(--ink);padding:4px 10px 4px 0;"
	"vertical-align:bottom}\n",
	"td{border-bottom:1px solid var(--line);padding:5px 10px 5px 0;vertical-align:top}\n",
	"td.n,th.n{text-align:right;white-space:nowrap}td.w{white-space:nowrap}\n",
	".mono,code,pre{font-family:'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace;font-size:12px}\n",
	"td.mono{white-space:nowrap}\n",
	"pre{background:var(--pale);border-left:3px solid var(--blue);padding:10px 14px;white-space:pre-wrap;"
	"overflow-wrap:anywhere}\n",
	".hash{overflow-wrap:anywhere}\n",
	".soft{color:var(--soft)}\n",
	".tag{display:inline-block;border:1.5px solid var(--ink);border-radius:3px;padding:0 7px;font-weight:600;font-size:12.5px;"
	"white-space:nowrap;line-height:1.5}\n",
	".tag.bad{background:var(--ink);color:#fff}\n",
	".tag.open{border-style:dashed}\n",
	".tag.none{border-color:var(--line);font-weight:400}\n",
	".lamps{list-style:none;margin:8px 0;padding:0;display:grid;grid-template-columns:1fr 1fr;gap:4px 28px}\n",
	".lamps li{padding-left:26px;position:relative}\n",
	".lamps b{position:absolute;left:0;top:2px;width:19px;height:19px;border:1.5px solid var(--ink);border-radius:50%;"
	"text-align:center;line-height:16px;font-size:12px}\n",
	".lamps .off b{background:var(--ink);color:#fff;border-radius:3px}\n",
	"dl{display:grid;align-content:start;grid-template-columns:max-content 1fr;gap:2px 14px;margin:8px 0;font-size:13.5px}\n",
	"dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n",
	".pair{display:grid;grid-template-columns:1fr 1fr;gap:0 36px}\n",
	".slothead{display:flex;align-items:baseline;gap:14px;flex-wrap:wrap}\n",
	".slothead h2{flex:1 0 auto;border:0;margin:0;padding:0}\n",
	".slot{margin-top:44px;border-top:2px solid var(--blue);padding-top:10px}\n",
	"figure{margin:12px 0 18px}figcaption{font-size:13px;color:var(--soft);margin-bottom:3px}\n",
	"figure svg{width:100%;height:auto;display:block;border:1px solid var(--line);background:#fff}\n",
	"svg text{font-family:inherit;font-size:13px;fill:var(--ink)}\n",
	"svg .track{text-anchor:end;fill:#333d4b}svg .tick{text-anchor:middle;fill:#566273;font-size:12px}\n",
	"svg .inside{text-anchor:middle;font-size:12px}\n",
	"svg .length{font-size:13px;font-weight:600}\n",
	"svg .grid{stroke:#e3e7ec;stroke-width:1}\n",
	"svg .trace{fill:none;stroke:#333d4b;stroke-width:1.2}svg .strong{stroke:#14406b;stroke-width:2}\n",
	"svg .gone{fill:#dbe4ee}svg .unsure,svg .blind{fill:url(#hatch)}\n",
	"svg .phase{stroke:#333d4b;stroke-width:.8;fill:#fff}svg .p2,svg .p6{fill:#eef2f7}svg .p3,svg .p4{fill:url(#dots)}"
	"svg .p5{fill:#d5dfea}\n",
	"svg .alert{fill:#16202e}svg .foreign{fill:#fff;stroke:#16202e;stroke-width:1.5}svg .restored{fill:#fff;stroke:#16202e;"
	"stroke-width:1.3}\n",
	"svg .ear{stroke:#8a93a0;stroke-width:1}\n",
	"svg .control{fill:#fff;stroke:#333d4b;stroke-dasharray:3 2}svg .watch{fill:#eef2f7;stroke:#14406b}\n",
	"svg .limit{stroke:#16202e;stroke-width:1.5;stroke-dasharray:6 3}svg .limitword{text-anchor:middle;font-weight:600}\n",
	"svg .guard{fill:#16202e;fill-opacity:.14}\n",
	"svg .dimension{fill:none;stroke:#16202e;stroke-width:1.4}svg .dashed{stroke-dasharray:4 3}\n",
	"svg .dot{fill:#16202e;stroke:#16202e;stroke-width:1.5}svg .hollow{fill:#fff}svg .cross{stroke:#16202e;stroke-width:1.8}\n",
	".sign{display:grid;grid-template-columns:repeat(3,1fr);gap:32px;margin-top:46px}\n",
	".sign div{border-top:1px solid var(--ink);padding-top:4px;font-size:13px;color:var(--soft)}\n",
	".end{text-align:center;margin-top:40px;letter-spacing:.08em;color:var(--soft)}\n",
	"@media screen and (max-width:760px){.pair,.lamps{grid-template-columns:1fr}main{padding:16px}table{font-size:12.5px}}\n",
	"@page{size:A4;margin:16mm 14mm 16mm}\n",
	"@media print{body{font-size:9.5pt;line-height:1.4}main{max-width:none;padding:0}nav{display:none}a{color:inherit;"
	"text-decoration:none}h1{font-size:15pt}h2{font-size:12pt;margin:16pt 0 5pt}h3{font-size:10pt;margin:9pt 0 2pt}\n"
	".headline{font-size:13pt}.headline+p{font-size:10pt}.banner li{font-size:8.5pt}h2,h3{break-after:avoid}"
	"figure,tr,.lamps li{break-inside:avoid}figure{margin:6pt 0 8pt}.slot{break-before:page;border-top:0;margin-top:0}\n"
	"table,dl{font-size:8.5pt}td,th{padding:2.5pt 7pt 2.5pt 0}.tag{font-size:8pt}.pair{gap:0 18pt}.mono,code,pre{font-size:7.5pt}"
	"figcaption,.soft{font-size:8.5pt}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n",
	NULL,
};
