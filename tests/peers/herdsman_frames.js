// zigbee-herdsman's codecs, as lines of text: the counterpart of tests/peers/helpers/frames.c, which says what a line is.
//   node herdsman_frames.js MODULES make SEED COUNT
//   node herdsman_frames.js MODULES show
const [, , modules, what, seed, count] = process.argv;
const dist = `${modules}/zigbee-herdsman/dist`;
const {Frame, Parser} = require(`${dist}/adapter/z-stack/unpi`);
const Zcl = require(`${dist}/zspec/zcl`);
const silent = () => {};
require(`${modules}/zigbee-herdsman`).setLogger({debug: silent, info: silent, warning: silent, error: silent});

const OTA = Zcl.Clusters.genOta.ID;
const names = {
    client: {1: "queryNextImageRequest", 3: "imageBlockRequest", 4: "imagePageRequest", 6: "upgradeEndRequest"},
    server: {0: "imageNotify", 2: "queryNextImageResponse", 5: "imageBlockResponse", 7: "upgradeEndResponse"},
};
// In the order in which they are shown.
const fields = [
    "payloadType", "queryJitter", "fieldControl", "status", "manufacturerCode", "imageType", "fileVersion", "hardwareVersion", "imageSize",
    "fileOffset", "maximumDataSize", "dataSize", "data", "pageSize", "responseSpacing", "requestNodeIeeeAddress", "currentTime",
    "requestTime", "upgradeTime", "minimumBlockPeriod",
];

const hex = (bytes) => bytes.toString("hex") || "-";
const value = (field) => (Buffer.isBuffer(field) ? hex(field) : String(field));
const show = {
    unpi: (frame) => `${frame.type} ${frame.subsystem} ${frame.commandID} ${hex(frame.data)}`,
    ota: (frame) =>
        [frame.header.transactionSequenceNumber, frame.header.commandIdentifier,
            ...fields.filter((name) => frame.payload[name] !== undefined).map((name) => `${name}=${value(frame.payload[name])}`)].join(" "),
};

// ---- Read ----

const parseUnpi = (bytes) => {
    const parser = new Parser(), frames = [];
    parser.on("parsed", (frame) => frames.push(frame));
    for (let at = 0; at < bytes.length; at += 7) parser._transform(bytes.subarray(at, at + 7), undefined, () => {});
    return frames.length === 1 ? frames[0] : undefined;
};
const parseOta = (bytes) => Zcl.Frame.fromBuffer(OTA, Zcl.Header.fromBuffer(bytes), bytes, {});

const showAll = (lines) => {
    for (const line of lines) {
        const [kind, text] = line.split(" ");
        let said = "cannot be read";
        try {
            const bytes = Buffer.from(text, "hex"), frame = kind === "unpi" ? parseUnpi(bytes) : parseOta(bytes);
            if (frame) said = show[kind](frame);
        } catch (error) {
            said = `cannot be read: ${error.message}`;
        }
        console.log(`${kind} ${text} ${said}`);
    }
};

// ---- Made: no "none" of ZCL's numbers, which is read back as NaN, and manufacturers' own types of images only ----

let state = BigInt(seed ?? 1);
const draw = (most) => { // a linear congruential generator is good enough here
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 16n) % BigInt(most + 1));
};
const bytesOf = (size) => Buffer.from(Array.from({length: size}, () => (draw(9) === 0 ? 0xfe : draw(255))));

const makeUnpi = () => {
    const subsystem = [1, 4, 5, 6, 7, 15][draw(5)];
    return new Frame(1 + draw(2), subsystem, draw(255), bytesOf(draw(250)));
};

const image = () => ({manufacturerCode: draw(0xfffe), imageType: draw(0xffbf), fileVersion: draw(0xfffffffe)});
const node = () => ({requestNodeIeeeAddress: `0x${bytesOf(8).toString("hex")}`});
const makers = {
    imageNotify: () => {
        const payload = {payloadType: draw(3), queryJitter: 1 + draw(99), ...image()};
        ["manufacturerCode", "imageType", "fileVersion"].slice(payload.payloadType).forEach((name) => delete payload[name]);
        return payload;
    },
    queryNextImageRequest: () => (draw(1) ? {fieldControl: 1, ...image(), hardwareVersion: draw(0xfffe)} : {fieldControl: 0, ...image()}),
    queryNextImageResponse: () => (draw(1) ? {status: 0, ...image(), imageSize: draw(0xfffffffe)} : {status: 0x98}),
    imageBlockRequest: () => {
        const fieldControl = draw(3);
        return {fieldControl, ...image(), fileOffset: draw(0xfffffffe), maximumDataSize: draw(254), ...(fieldControl & 1 ? node() : {}),
            ...(fieldControl & 2 ? {minimumBlockPeriod: draw(0xfffe)} : {})};
    },
    imagePageRequest: () => {
        const fieldControl = draw(1);
        return {fieldControl, ...image(), fileOffset: draw(0xfffffffe), maximumDataSize: draw(254), pageSize: draw(0xfffe),
            responseSpacing: draw(0xfffe), ...(fieldControl & 1 ? node() : {})};
    },
    imageBlockResponse: () => {
        const status = [0, 0, 0x97, 0x95][draw(3)], data = bytesOf(draw(64));
        if (status === 0) return {status, ...image(), fileOffset: draw(0xfffffffe), dataSize: data.length, data};
        return status === 0x97 ? {status, currentTime: draw(0xfffffffe), requestTime: draw(0xfffffffe), minimumBlockPeriod: draw(0xfffe)} : {status};
    },
    upgradeEndRequest: () => ({status: [0, 0x95, 0x96, 0x99][draw(3)], ...image()}),
    upgradeEndResponse: () => ({...image(), currentTime: draw(0xfffffffe), upgradeTime: draw(0xfffffffe)}),
};

const makeOta = () => {
    const side = draw(1) ? "client" : "server", commands = Object.values(names[side]), command = commands[draw(commands.length - 1)];
    return Zcl.Frame.create(Zcl.FrameType.SPECIFIC, side === "client" ? Zcl.Direction.CLIENT_TO_SERVER : Zcl.Direction.SERVER_TO_CLIENT,
        side === "server", undefined, draw(255), command, "genOta", makers[command](), {});
};

if (what === "make") {
    for (let i = 0; i < Number(count); i++) {
        const kind = i % 2 === 0 ? "unpi" : "ota", frame = kind === "unpi" ? makeUnpi() : makeOta();
        console.log(`${kind} ${frame.toBuffer().toString("hex")} ${show[kind](frame)}`);
    }
} else {
    showAll(require("node:fs").readFileSync(0, "utf8").split("\n").filter((line) => line));
}
