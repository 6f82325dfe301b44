// zigbee-herdsman as the host of our simulated dongle: forms a network, lets devices join, interviews them and upgrades the meter.
// Says what it found, one line a fact: "formed PAN", "interviewed IEEE TYPE MODEL PROFILE ...", "upgraded FROM TO".
//   node herdsman.js MODULES PORT IMAGE FOLDER METER...
const [, , modules, port, image, folder, ...meters] = process.argv;
const {Controller, setLogger} = require(`${modules}/zigbee-herdsman`);
const debug = process.env.HERDSMAN_DEBUG ? (text) => console.error(`${Date.now()} ${typeof text === "function" ? text() : text}`) : () => {};
setLogger({debug, info: debug, warning: debug, error: (text) => console.error(text)});

const controller = new Controller({
    network: {
        networkKeyDistribute: false, networkKey: [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13], panID: 0x1a62,
        extendedPanID: [1, 2, 3, 4, 5, 6, 7, 8], channelList: [15],
    },
    serialPort: {path: port, baudRate: 115200, rtscts: false, adapter: "zstack"},
    databasePath: `${folder}/database`, databaseBackupPath: null, backupPath: `${folder}/backup`,
    adapter: {disableLED: false}, acceptJoiningDeviceHandler: async () => true,
});

const interviewed = new Map();
controller.on("deviceInterview", (event) => {
    if (event.status === "successful") interviewed.set(event.device.ieeeAddr, event.device);
    if (event.status === "failed") console.log(`failed ${event.device.ieeeAddr}`);
});

const until = async (what, seconds, done) => {
    for (const end = Date.now() + seconds * 1000; !done(); await new Promise((resume) => setTimeout(resume, 20)))
        if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
};
const hex = (number, digits) => number.toString(16).toUpperCase().padStart(digits, "0");

const describe = (device) => {
    const endpoint = device.endpoints[0];
    const clusters = (list) => list.map((cluster) => hex(cluster, 4));
    console.log(`interviewed ${device.ieeeAddr} ${device.type} ${device.manufacturerName} ${device.modelID} ${hex(device.manufacturerID, 4)} ` +
        `${hex(endpoint.profileID, 4)} in ${clusters(endpoint.inputClusters)} out ${clusters(endpoint.outputClusters)}`);
};

const upgrade = async (ieee) => {
    const settings = {requestTimeout: 30000, responseDelay: 0, baseSize: 50};
    const device = interviewed.get(ieee), metas = {suppressElementImageParseFailure: true};
    const [from, to] = await device.updateOta({url: image}, undefined, undefined, metas, () => {}, settings);
    console.log(`upgraded ${ieee} ${hex(from.fileVersion, 8)} ${to ? hex(to.fileVersion, 8) : "nothing"}`);
};

(async () => {
    console.log(`started ${await controller.start()}`);
    const network = await controller.getNetworkParameters();
    console.log(`formed ${hex(network.panID, 4)} ${network.extendedPanID} ${network.channel}`);
    const coordinator = controller.getDevicesByType("Coordinator")[0];
    console.log(`coordinator ${coordinator.ieeeAddr} ${coordinator.endpoints.length} endpoints`);
    if (meters.length > 0) {
        await controller.permitJoin(60);
        await until("interviews", 60, () => interviewed.size >= meters.length);
        for (const ieee of meters) describe(interviewed.get(ieee));
        await controller.permitJoin(0);
        for (const ieee of meters) await upgrade(ieee);
    }
    await controller.stop();
    process.exit(0);
})().catch((error) => {
    console.log(`error ${error.stack}`);
    process.exit(1);
});
