// node send.js MATERIAL PORT CONNECTIONS: sends every reader of the material the newsletter, as nodemailer's own
// documentation has it for many mails: a pool, fed whenever it is idle. Prints one line of JSON.
"use strict";
const fs = require("fs");
const nodemailer = require("nodemailer");

const [material, port, connections] = process.argv.slice(2);
const { sender, subject, html, text, readers } = JSON.parse(fs.readFileSync(material, "utf8"));
const pool = nodemailer.createTransport({
  pool: true,
  host: "127.0.0.1",
  port: Number(port),
  secure: false,
  ignoreTLS: true,
  maxConnections: Number(connections),
  maxMessages: Infinity,
});

function filled(content, reader) {
  const line = reader.greeting ? `${reader.greeting},` : "Dobrý den,";
  return content.replaceAll("@@unsubscribe@@", reader.unsubscribe).replaceAll("@@greeting@@", line);
}

function mail(reader) {
  return {
    from: { name: "Liberecký kraj", address: sender },
    to: reader.address,
    subject,
    messageId: reader.message_id,
    list: { unsubscribe: { url: reader.unsubscribe } },
    headers: { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", Precedence: "bulk" },
    textEncoding: "quoted-printable",
    text: filled(text, reader),
    html: filled(html, reader),
  };
}

let next = 0, sent = 0, failed = 0;
const began = process.hrtime.bigint(), used = process.cpuUsage();

function settled(error) {
  if (error) failed += 1; else sent += 1;
  if (sent + failed < readers.length) return;
  const cpu = process.cpuUsage(used);
  pool.close();
  console.log(JSON.stringify({
    messages: sent,
    failed,
    seconds: Number(process.hrtime.bigint() - began) / 1e9,
    cpu: (cpu.user + cpu.system) / 1e6,
    memory: process.resourceUsage().maxRSS / 1024,
  }));
}

pool.on("idle", () => {
  while (pool.isIdle() && next < readers.length) pool.sendMail(mail(readers[next++]), settled);
});
