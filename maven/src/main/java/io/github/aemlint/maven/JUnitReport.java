package io.github.aemlint.maven;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads findings from the JUnit report: it is the form that holds them and that Java can read without a library. */
final class JUnitReport {

    private static final String NOTE = "note: ";

    private JUnitReport() {}

    /**
     * The findings, in the order of the report. What could not be read is in it as an error, too.
     *
     * @throws IOException if there is no report or if it is none
     */
    static List<Finding> read(Path report) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try (InputStream stream = Files.newInputStream(report)) {
            XMLStreamReader reader = factory.createXMLStreamReader(stream);
            List<Finding> findings = new ArrayList<>();
            String rule = "";
            String place = "";
            while (reader.hasNext()) {
                if (reader.next() != XMLStreamConstants.START_ELEMENT) {
                    continue;
                }
                switch (reader.getLocalName()) {
                    case "testcase":
                        rule = attribute(reader, "classname");
                        place = attribute(reader, "name");
                        break;
                    case "failure":
                        findings.add(new Finding(attribute(reader, "type"), rule, place, attribute(reader, "message")));
                        break;
                    case "error":
                        findings.add(new Finding("error", rule, place, attribute(reader, "message")));
                        break;
                    case "system-out":
                        addNote(findings, rule, place, reader.getElementText());
                        break;
                    default:
                }
            }
            return findings;
        } catch (XMLStreamException e) {
            throw new IOException("the report " + report + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void addNote(List<Finding> findings, String rule, String place, String text) {
        if (text.startsWith(NOTE)) {
            findings.add(new Finding("note", rule, place, text.substring(NOTE.length()).split("\n", 2)[0]));
        }
    }

    private static String attribute(XMLStreamReader reader, String name) {
        String value = reader.getAttributeValue(null, name);
        return value == null ? "" : value;
    }
}
