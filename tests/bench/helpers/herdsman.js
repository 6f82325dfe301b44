// zigbee-herdsman as the host of tests/bench/over_the_air.c: forms a network, lets COUNT devices join, interviews them, and upgrades them all at once.
//   node herdsman.js MODULES PORT IMAGE FOLDER COUNT
const [, , modules, port, image, folder, count] = process.argv;
const {Controller, setLogger} = require(`${modules}/zigbee-herdsman`);
const fs = require("fs");
setLogger({debug: () => {}, info: () => {}, warning: () => {}, error: () => {}});
const files = fs.mkdtempSync(`${folder}-herdsman-`);
const end = (code) => {
    fs.rmSync(files, {recursive: true, force: true});
    process.exit(code);
};
process.on("SIGTERM", () => end(0));

const controller = new Controller({
    network: {
        networkKeyDistribute: false, networkKey: [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13], panID: 0x1a62,
        extendedPanID: [1, 2, 3, 4, 5, 6, 7, 8], channelList: [15],
    },
    serialPort: {path: port, baudRate: 115200, rtscts: false, adapter: "zstack"},
    databasePath: `${files}/database`, databaseBackupPath: null, backupPath: `${files}/backup`,
    adapter: {disableLED: false}, acceptJoiningDeviceHandler: async () => true,
});
const interviewed = [];
controller.on("deviceInterview", (event) => {
    if (event.status === "successful") interviewed.push(event.device);
});

(async () => {
    await controller.start();
    await controller.permitJoin(60);
    while (interviewed.length < Number(count)) await new Promise((resume) => setTimeout(resume, 20));
    await controller.permitJoin(0);
    const settings = {requestTimeout: 60000, responseDelay: 0, baseSize: 50}, metas = {suppressElementImageParseFailure: true};
    await Promise.all(interviewed.map((device) => device.updateOta({url: image}, undefined, undefined, metas, () => {}, settings).catch(() => {})));
    await new Promise(() => setInterval(() => {}, 1000)); // the dongle says when it is over
})().catch((error) => {
    console.error(error.stack);
    end(1);
});
