/* The style of report.html: black on white, one dark blue, shapes and hatches instead of colours, A4 when printed. */

#include "rig/report/html.h"

const char *const html_style[] = {
	/* Text */
	":root{--ink:#16202e;--soft:#4d5868;--line:#cfd6df;--pale:#f4f6f9;--blue:#14406b}\n",
	"*{box-sizing:border-box}\n",
	"html{scroll-padding-top:12px}body{margin:0;color:var(--ink);background:#fff;font:15px/1.5 'Helvetica Neue',Arial,'Liberation Sans',"
	"sans-serif}\n",
	"main{max-width:1120px;margin:0 auto;padding:28px 32px 64px}\n",
	"h1{font-size:17px;line-height:1.3;margin:2px 0 10px;font-weight:600;color:var(--soft)}\n",
	"h2{font-size:18px;margin:30px 0 8px;padding-bottom:4px;border-bottom:2px solid var(--blue);font-weight:600}\n",
	"h3{font-size:15px;margin:24px 0 6px;font-weight:600}\n",
	"p{margin:6px 0}.second:empty{display:none}\n",
	".kicker{color:var(--soft);font-size:13px;margin:0}\n",
	".headline{font-size:24px;line-height:1.32;margin:6px 0 8px;font-weight:600;max-width:50em}\n",
	".second{font-size:16px;max-width:62em}\n",
	".simulated{border:4px solid var(--ink);padding:2px 14px;margin:0 0 14px;font-size:38px;font-weight:800;"
	"line-height:1.25}.simulated small{font-size:14px;font-weight:400;vertical-align:middle;margin-left:12px}\n",
	"a{color:var(--blue)}nav{font-size:13px;margin:14px 0 0;color:var(--soft)}nav a{margin-right:12px;white-space:nowrap}\n",
	".cite{font-size:.72em;font-weight:400;line-height:1;vertical-align:.45em;margin-left:3px;text-decoration:none;color:var(--blue);"
	"font-variant-numeric:tabular-nums;white-space:nowrap}.cite:hover{text-decoration:underline}.cites .cite+.cite::before{content:'\xc2\xb7';"
	"margin-right:3px}\n",
	".soft{color:var(--soft)}p.soft,figcaption{font-size:13px}.unstated{color:var(--soft);font-style:italic}.strong{font-weight:700}\n",
	".mono,code,pre{font-family:'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace;font-size:12px}\n",
	"pre{background:var(--pale);border-left:3px solid var(--blue);padding:8px 12px;margin:6px 0;white-space:pre-wrap;"
	"overflow-wrap:anywhere}.hash{overflow-wrap:anywhere}\n",

	/* Banner, tags, lamps */
	".banner{display:flex;flex-wrap:wrap;gap:6px;padding:0;margin:14px 0 0;list-style:none}\n",
	".banner li{border:1px solid var(--ink);padding:2px 9px;font-size:13px}.banner .loud{background:var(--ink);color:#fff}"
	".banner .loud .cite{color:#fff}\n",
	".tag{display:inline-block;border:1.5px solid var(--ink);border-radius:3px;padding:0 7px;font-weight:600;font-size:12.5px;"
	"white-space:nowrap;line-height:1.5}.tag.bad{background:var(--ink);color:#fff}.tag.open{border-style:dashed}"
	".tag.none{border-color:var(--line);font-weight:400}\n",
	".lamps{list-style:none;margin:8px 0;padding:0;display:grid;grid-template-columns:1fr;gap:6px}"
	".split{display:grid;grid-template-columns:5fr 6fr;gap:0 32px}\n",
	".lamps li{padding-left:28px;position:relative}.lamps b{position:absolute;left:0;top:2px;width:20px;height:20px;"
	"border:1.5px solid var(--ink);border-radius:50%;text-align:center;line-height:17px;font-size:12px}\n",
	".lamps .off b{background:var(--ink);color:#fff;border-radius:3px}.lamps .unknown b{border-style:dashed}\n",
	".statement{border:1.5px solid var(--ink);border-left-width:6px;padding:8px 14px;margin:10px 0 14px}"
	".statement .result{font-size:19px;font-weight:600}.statement .soft{font-weight:400;font-size:13px}.statement .tag{font-size:15px}\n",

	/* Tables and lists of facts */
	"table{border-collapse:collapse;width:100%;margin:8px 0 4px;font-size:13.5px;font-variant-numeric:tabular-nums}\n",
	"th{text-align:left;font-weight:600;color:var(--soft);border-bottom:1.5px solid var(--ink);padding:4px 10px 4px 0;"
	"vertical-align:bottom}td{border-bottom:1px solid var(--line);padding:5px 10px 5px 0;vertical-align:top}\n",
	"th:last-child,td:last-child{padding-right:0}td.n,th.n{text-align:right}td.n,.w,td.mono{white-space:nowrap}"
	".wide,.device table{overflow-wrap:break-word}\n",
	"dl{display:grid;align-content:start;grid-template-columns:minmax(7em,11.5em) 1fr;gap:3px 14px;margin:6px 0;font-size:13.5px}\n",
	"dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}.names{grid-template-columns:max-content 1fr}\n",
	".pair{display:grid;grid-template-columns:1fr 1fr;gap:0 36px}.pair h3{margin-top:16px}.guid{font-weight:600;white-space:nowrap}\n",
	".lines{list-style:none;padding:0;margin:8px 0;font-size:11.5px}.lines li{padding:2px 0 2px 46px;position:relative;"
	"border-bottom:1px solid var(--line)}.lines b{position:absolute;left:0;width:38px;text-align:right;font-variant-numeric:tabular-nums}"
	".lines code{font-size:11px;overflow-wrap:anywhere}.lines li:target{background:#e6edf5;outline:2px solid var(--blue)}\n",
	".sheet+.sheet{margin-top:52px;border-top:6px solid var(--blue);padding-top:14px}.sheet>h2:first-child{margin-top:6px}\n",
	".device>h2{font-size:22px;border:0;margin:4px 0 6px;padding:0}\n",
	".sign{display:grid;grid-template-columns:repeat(3,1fr);gap:32px;margin-top:46px}\n",
	".sign div{border-top:1px solid var(--ink);padding-top:4px;font-size:13px;color:var(--soft);overflow-wrap:anywhere}\n",
	".end{text-align:center;margin-top:28px;letter-spacing:.08em;color:var(--soft)}\n",

	/* Pictures */
	"figure{margin:12px 0 18px}figcaption{color:var(--soft);margin-bottom:3px}\n",
	"figure svg{width:100%;height:auto;display:block;border:1px solid var(--line);background:#fff}\n",
	".strata td.n{white-space:normal}.strata td:nth-child(9){min-width:8em}.strata td:last-child{min-width:10.5em}"
	".list td.n{white-space:normal;min-width:8em}.list td:nth-child(7){min-width:8em}.list td:nth-child(8){min-width:7.5em}.list td:nth-child(3){min-width:6.5em}.narrow td:first-child{width:3em}\n",
	"svg text{font-family:inherit;font-size:13px;fill:var(--ink)}\n",
	"svg .track{text-anchor:end;fill:#333d4b}svg .tick{text-anchor:middle;fill:#4d5868;font-size:12px}\n",
	"svg .inside{text-anchor:middle;font-size:12px}svg .length{font-size:13px;font-weight:600;paint-order:stroke;stroke:#fff;stroke-width:4px}"
	"svg .dotname{font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:3px}\n",
	"svg .grid{stroke:#d5dbe2;stroke-width:1}svg .faint{stroke:#eceff3}\n",
	"svg .trace{fill:none;stroke:#333d4b;stroke-width:1.2}svg .strong{stroke:#14406b;stroke-width:2}\n",
	"svg .gone{fill:#dbe4ee}svg .unsure,svg .blind{fill:url(#hatch)}\n",
	"svg .phase{stroke:#333d4b;stroke-width:.8;fill:#fff}svg .p2,svg .p6{fill:#eef2f7}svg .p3,svg .p4{fill:url(#dots)}"
	"svg .p5{fill:#d5dfea}\n",
	"svg .alert{fill:#16202e}svg .foreign{fill:#fff;stroke:#16202e;stroke-width:1.5}svg .restored{fill:#fff;stroke:#16202e;"
	"stroke-width:1.3}svg .ear{stroke:#8a93a0;stroke-width:1}\n",
	"svg .control{fill:#fff;stroke:#333d4b;stroke-dasharray:3 2}svg .watch{fill:#eef2f7;stroke:#14406b}\n",
	"svg .limit{stroke:#16202e;stroke-width:1.5;stroke-dasharray:6 3}svg .limitword{text-anchor:middle;font-weight:600}"
	"svg .guard{fill:#16202e;fill-opacity:.14}\n",
	"svg .dimension{fill:none;stroke:#16202e;stroke-width:1.4}svg .dashed{stroke-dasharray:4 3}\n",
	"svg .dot{fill:#16202e;stroke:#16202e;stroke-width:1.6}svg .hollow{fill:#fff}svg .cross{stroke:#16202e;stroke-width:2;fill:none}\n",

	/* A small screen */
	"@media screen and (max-width:820px){main{padding:16px}.pair,.split,dl,.names{grid-template-columns:1fr}dd{margin-bottom:6px}"
	".headline{font-size:20px}.simulated{font-size:28px}.simulated small{display:block;margin:0}"
	"table{display:block;overflow-x:auto;font-size:12.5px}.sign{grid-template-columns:1fr}figure{overflow-x:auto}"
	"figure svg{min-width:640px}}\n",

	/* Paper */
	"@page{size:A4;margin:13mm 12mm 12mm;@top-left{font:8pt sans-serif}@bottom-right{font:8pt sans-serif}}\n",
	"@media print{body{font-size:8.5pt;line-height:1.3}main{max-width:none;padding:0}nav,.onscreen{display:none}a{color:inherit;"
	"text-decoration:none}h1{font-size:9.5pt;margin:0 0 3pt}h2{font-size:10.5pt;margin:6pt 0 1.5pt;padding-bottom:1.5pt;border-width:1.2pt}"
	"h3{font-size:9pt;margin:6pt 0 1pt}p{margin:2pt 0}.headline{font-size:13pt;line-height:1.25;margin:2pt 0}.second{font-size:8.5pt}.kicker{font-size:8pt}\n"
	".banner{margin-top:5pt;gap:2.5pt}.banner li{font-size:7.5pt;padding:0 5pt}.simulated{font-size:22pt;margin-bottom:6pt}"
	".simulated small{font-size:8.5pt}h2,h3,h3+p,figcaption{break-after:avoid}figure,tr,.lamps li,.statement,.sign,pre,dt,dd,.names"
	"{break-inside:avoid}thead{display:table-header-group}figure{margin:4pt 0 5pt}figcaption,p.soft{font-size:7pt}\n"
	".sheet+.sheet{break-before:page;border-top:0;margin-top:0;padding-top:0}.device>h2{font-size:13pt}.statement{padding:2pt 8pt;"
	"margin:4pt 0}.statement .result{font-size:11pt}.statement .soft,.statement .tag{font-size:8.5pt}figure svg{width:86%;margin:0 auto}#summary{line-height:1.2}#summary td{padding:1pt 6pt 1pt 0}#summary h2{margin-top:5pt}#summary .split h2{margin-top:0}#summary figure svg{width:78%}.device figure svg{width:80%}\n"
	"table,dl{font-size:7.5pt;margin:2pt 0}td,th{padding:1.4pt 6pt 1.4pt 0}dl{gap:.5pt 8pt;grid-template-columns:minmax(6em,9.5em) 1fr}"
	".list td.w{white-space:normal}.tag{font-size:7.5pt;padding:0 4pt}.pair{gap:0 14pt}.pair h3{margin-top:4pt}"
	".split{gap:0 16pt}.lamps{gap:2pt;margin:3pt 0;font-size:8pt}.lamps li{padding-left:17pt}"
	".lamps b{width:12pt;height:12pt;line-height:9.5pt;font-size:8pt;top:0}.mono,code,pre{font-size:6.5pt}pre{padding:3pt 6pt}\n"
	".sign{margin-top:22pt}.sign div{font-size:7.5pt}.end{margin-top:7pt}"
	".names{grid-template-columns:max-content 1fr}.lines{font-size:7pt}.lines code{font-size:6.5pt}"
	".lines li{padding:1pt 0 1pt 30pt;break-inside:avoid}.lines b{width:24pt}\n"
	"*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n",
	NULL,
};
